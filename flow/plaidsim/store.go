package plaidsim

import "slices"

// shelf is a map that keeps at most limit things and forgets the oldest first.
// The simulator may run for days under load; what it remembers is bounded.
type shelf[K comparable, V any] struct {
	limit int
	m     map[K]V
	order queue[K]
}

func newShelf[K comparable, V any](limit int) shelf[K, V] {
	return shelf[K, V]{limit: limit, m: map[K]V{}}
}

func (s *shelf[K, V]) put(k K, v V) {
	for len(s.m) >= s.limit {
		delete(s.m, s.order.pop())
	}
	s.m[k] = v
	s.order.push(k)
}

func (s *shelf[K, V]) get(k K) (V, bool) {
	v, ok := s.m[k]
	return v, ok
}

// prune forgets the oldest things for as long as they are done.
func (s *shelf[K, V]) prune(done func(V) bool) {
	for s.order.len() > 0 {
		k := s.order.peek()
		if v, ok := s.m[k]; ok && !done(v) {
			return
		}
		delete(s.m, s.order.pop())
	}
}

// queue is first in, first out; its memory follows its length.
type queue[T any] struct {
	items []T
	head  int
}

func (q *queue[T]) len() int { return len(q.items) - q.head }
func (q *queue[T]) push(t T) { q.items = append(q.items, t) }
func (q *queue[T]) peek() T  { return q.items[q.head] }

// all is what is in it, valid until the next change.
func (q *queue[T]) all() []T { return q.items[q.head:] }

// keep drops all that fail the test.
func (q *queue[T]) keep(wanted func(T) bool) {
	q.items = slices.DeleteFunc(slices.Clone(q.items[q.head:]), func(t T) bool { return !wanted(t) })
	q.head = 0
}

// pop takes the first one out and keeps nothing of it alive.
func (q *queue[T]) pop() T {
	var none T
	t := q.items[q.head]
	q.items[q.head] = none
	q.head++
	if q.head > 1024 && q.head*2 > len(q.items) {
		n := copy(q.items, q.items[q.head:])
		clear(q.items[n:])
		q.items, q.head = q.items[:n], 0
		if n*4 < cap(q.items) { // after a crowd
			q.items = slices.Clone(q.items)
		}
	}
	return t
}
