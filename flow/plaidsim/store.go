package plaidsim

// shelf is a map that keeps at most limit things and forgets the oldest first.
// The simulator may run for days under load; what it remembers is bounded.
type shelf[K comparable, V any] struct {
	limit int
	m     map[K]*V // pointers: a map that things come to and go from keeps room to spare
	order queue[K]
}

func newShelf[K comparable, V any](limit int) shelf[K, V] {
	return shelf[K, V]{limit: limit, m: map[K]*V{}}
}

func (s *shelf[K, V]) put(k K, v V) {
	for len(s.m) >= s.limit {
		delete(s.m, s.order.pop())
	}
	s.m[k] = &v
	s.order.push(k)
}

func (s *shelf[K, V]) get(k K) (v V, ok bool) {
	if p := s.m[k]; p != nil {
		return *p, true
	}
	return v, false
}

// ref is the thing itself, to be changed, or nil.
func (s *shelf[K, V]) ref(k K) *V { return s.m[k] }

// prune forgets the oldest things for as long as they are done.
func (s *shelf[K, V]) prune(done func(V) bool) {
	for s.order.len() > 0 {
		k := s.order.at(0)
		if v := s.m[k]; v != nil && !done(*v) {
			return
		}
		delete(s.m, s.order.pop())
	}
}

// queue is first in, first out; its memory follows its length.
type queue[T any] struct {
	ring []T
	head int // where the first one is
	n    int
}

func (q *queue[T]) len() int { return q.n }

// at is the ith one, 0 for the first.
func (q *queue[T]) at(i int) T { return q.ring[(q.head+i)%len(q.ring)] }

func (q *queue[T]) push(t T) {
	if q.n == len(q.ring) {
		q.resize(q.n + q.n/4 + 16)
	}
	q.ring[(q.head+q.n)%len(q.ring)] = t
	q.n++
}

// pop takes the first one out and keeps nothing of it alive.
func (q *queue[T]) pop() T {
	var none T
	t := q.ring[q.head]
	q.ring[q.head] = none
	q.head = (q.head + 1) % len(q.ring)
	q.n--
	if len(q.ring) > 1024 && q.n < len(q.ring)/4 { // after a crowd
		q.resize(q.n * 2)
	}
	return t
}

func (q *queue[T]) resize(room int) {
	ring := make([]T, room)
	for i := range q.n {
		ring[i] = q.at(i)
	}
	q.ring, q.head = ring, 0
}

// keep drops all that fail the test.
func (q *queue[T]) keep(wanted func(T) bool) {
	var kept queue[T]
	for q.n > 0 {
		if t := q.pop(); wanted(t) {
			kept.push(t)
		}
	}
	*q = kept
}
