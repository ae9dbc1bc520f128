// SPDX-License-Identifier: Apache-2.0 OR MIT

package main

import (
	"container/list"
	"sync"
)

// What the caller is told. The fields are those of libp2p_event.
type event struct {
	kind   eventKind
	err    errorKind
	id     uint64
	number uint64
	peer   string
	text   string
	data   []byte
	list   []string

	// The stream that it is about. Nothing is told of a stream that the caller broke off.
	stream *stream
	// Nothing more comes of the stream: its number is given back.
	last bool
}

// A failure as the caller is told of it.
type failure struct {
	kind errorKind
	text string
}

const (
	// How much may wait for the caller before the network has to wait for it, too.
	queuedEventsMax = 8192
	queuedBytesMax  = 64 << 20
	// How many messages of topics, and bytes of them, may wait before the oldest are dropped.
	queuedMessagesMax     = 2048
	queuedMessageBytesMax = 16 << 20
)

// The events on their way to the caller, in order. What the network causes waits for room, so that a slow caller slows
// the peers down and takes no memory; nobody waits for messages of topics, so their oldest give way.
type eventQueue struct {
	mutex  sync.Mutex
	filled sync.Cond
	taken  sync.Cond

	events       list.List // of event
	messages     list.List // of *list.Element: the messages of topics in events
	bytes        int
	messageBytes int
	dropped      uint64
	closed       bool
	ended        chan struct{}
}

func newEventQueue() *eventQueue {
	q := &eventQueue{ended: make(chan struct{})}
	q.filled.L = &q.mutex
	q.taken.L = &q.mutex
	return q
}

func (q *eventQueue) add(e event) {
	element := q.events.PushBack(e)
	q.bytes += len(e.data)
	if e.kind == eventMessage {
		q.messages.PushBack(element)
		q.messageBytes += len(e.data)
	}
	q.filled.Signal()
}

func (q *eventQueue) remove(element *list.Element) event {
	e := q.events.Remove(element).(event)
	q.bytes -= len(e.data)
	if e.kind == eventMessage {
		q.messages.Remove(q.messages.Front())
		q.messageBytes -= len(e.data)
	}
	return e
}

// For what a call causes: as many of these come as the caller makes calls.
func (q *eventQueue) put(e event) {
	q.mutex.Lock()
	defer q.mutex.Unlock()
	if !q.closed {
		q.add(e)
	}
}

// For what must be the first.
func (q *eventQueue) putFirst(e event) {
	q.mutex.Lock()
	defer q.mutex.Unlock()
	q.events.PushFront(e)
	q.filled.Signal()
}

// For what the network causes. False: the host ends.
func (q *eventQueue) putWhenRoom(e event) bool {
	q.mutex.Lock()
	defer q.mutex.Unlock()
	for !q.closed && (q.events.Len() >= queuedEventsMax || q.bytes >= queuedBytesMax) {
		q.taken.Wait()
	}
	if q.closed {
		return false
	}
	q.add(e)
	return true
}

// For messages of topics.
func (q *eventQueue) putMessage(e event) {
	q.mutex.Lock()
	defer q.mutex.Unlock()
	if q.closed {
		return
	}
	for q.messages.Len() > 0 &&
		(q.messages.Len() >= queuedMessagesMax || q.messageBytes+len(e.data) > queuedMessageBytesMax) {
		q.remove(q.messages.Front().Value.(*list.Element))
		q.dropped++
	}
	q.add(e)
}

func (q *eventQueue) next() (event, bool) {
	q.mutex.Lock()
	defer q.mutex.Unlock()
	for !q.closed && q.events.Len() == 0 {
		q.filled.Wait()
	}
	if q.closed {
		return event{}, false
	}
	e := q.remove(q.events.Front())
	q.taken.Signal()
	return e, true
}

// Tells the events one after the other until the queue is closed.
func (q *eventQueue) run(tell func(event)) {
	defer close(q.ended)
	for {
		e, more := q.next()
		if !more {
			return
		}
		q.tellOne(tell, e)
	}
}

func (q *eventQueue) tellOne(tell func(event), e event) {
	defer survive()
	if s := e.stream; s != nil {
		if s.ended {
			return
		}
		if e.last {
			s.ended = true
			s.forget()
		}
		if s.isSilent() || e.kind == eventNone {
			return
		}
	}
	tell(e)
}

// Nothing is told after what is being told now.
func (q *eventQueue) close() {
	q.mutex.Lock()
	defer q.mutex.Unlock()
	q.closed = true
	q.events.Init()
	q.messages.Init()
	q.filled.Broadcast()
	q.taken.Broadcast()
}

func (q *eventQueue) counts() (waiting int, dropped uint64) {
	q.mutex.Lock()
	defer q.mutex.Unlock()
	return q.events.Len(), q.dropped
}
