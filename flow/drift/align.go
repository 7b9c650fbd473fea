package drift

import (
	"cmp"
	"slices"
)

// pair is one place in two sequences: indices, -1 where a side has nothing.
type pair struct{ live, sim int }

// costs of what can be at a place, in quarters of a thing that is missing.
const (
	costSame    = 0
	costAlmost  = 5 // the same thing with another detail
	costMissing = 4
	costOther   = 6 // less than one missing and one too many
)

// align lays two sequences side by side so that as little as possible differs.
// Each thing has a key, and a name that is part of it. moved lists the pairs of
// the same thing at different places.
func align(live, sim []keyed) (pairs, moved []pair) {
	n, m := len(live), len(sim)
	best := make([][]int, n+1)
	for i := range best {
		best[i] = make([]int, m+1)
	}
	for i := n; i >= 0; i-- {
		for j := m; j >= 0; j-- {
			switch {
			case i == n:
				best[i][j] = (m - j) * costMissing
			case j == m:
				best[i][j] = (n - i) * costMissing
			default:
				best[i][j] = min(best[i+1][j+1]+difference(live[i], sim[j]), best[i+1][j]+costMissing, best[i][j+1]+costMissing)
			}
		}
	}
	for i, j := 0, 0; i < n || j < m; {
		switch {
		case i < n && j < m && best[i][j] == best[i+1][j+1]+difference(live[i], sim[j]):
			pairs = append(pairs, pair{i, j})
			i, j = i+1, j+1
		case i < n && best[i][j] == best[i+1][j]+costMissing:
			pairs = append(pairs, pair{i, -1})
			i++
		default:
			pairs = append(pairs, pair{-1, j})
			j++
		}
	}
	return unmoved(pairs, live, sim)
}

// unmoved takes out of the pairs what is on both sides at different places.
func unmoved(pairs []pair, live, sim []keyed) (rest, moved []pair) {
	for i, p := range pairs {
		if p.live < 0 || p.sim >= 0 {
			continue
		}
		for k, q := range pairs {
			if q.live < 0 && q.sim >= 0 && live[p.live].key == sim[q.sim].key {
				moved = append(moved, pair{p.live, q.sim})
				pairs[i], pairs[k] = pair{-1, -1}, pair{-1, -1}
				break
			}
		}
	}
	rest = slices.DeleteFunc(pairs, func(p pair) bool { return p == pair{-1, -1} })
	return rest, moved
}

// keyed is a thing of a sequence. Things of the same tie happened at the same
// moment: their order says nothing.
type keyed struct {
	name, key string
	tie       int64
}

func difference(a, b keyed) int {
	switch {
	case a.key == b.key:
		return costSame
	case a.name == b.name:
		return costAlmost
	}
	return costOther
}

// settleTies orders what happened at the same moment as the other side has it.
// It returns the indices of things in their new order.
func settleTies(things, other []keyed) []int {
	order := make([]int, len(things))
	for i := range order {
		order[i] = i
	}
	taken := make([]bool, len(other))
	place := make([]int, len(things))
	for i, t := range things {
		place[i] = -1
		for k, o := range other {
			if !taken[k] && o.key == t.key {
				place[i], taken[k] = k, true
				break
			}
		}
	}
	for from := 0; from < len(things); {
		to := from + 1
		for to < len(things) && things[to].tie == things[from].tie {
			to++
		}
		slices.SortStableFunc(order[from:to], func(a, b int) int {
			if place[a] < 0 || place[b] < 0 {
				return 0
			}
			return cmp.Compare(place[a], place[b])
		})
		from = to
	}
	return order
}
