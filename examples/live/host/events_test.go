// SPDX-License-Identifier: Apache-2.0 OR MIT

package main

import (
	"testing"
)

func TestTheOldestMessagesGiveWayAndNothingElse(t *testing.T) {
	q := newEventQueue()
	const more = 10
	for id := uint64(0); id < queuedMessagesMax+more; id++ {
		q.put(event{kind: eventDialled, id: id})
		q.putMessage(event{kind: eventMessage, id: id})
	}
	if _, dropped := q.counts(); dropped != more {
		t.Fatalf("%d were dropped", dropped)
	}
	for id := uint64(0); id < queuedMessagesMax+more; id++ {
		if e, _ := q.next(); e.kind != eventDialled || e.id != id {
			t.Fatalf("instead of dial %d there is %d of kind %d", id, e.id, e.kind)
		}
		if id < more {
			continue
		}
		if e, _ := q.next(); e.kind != eventMessage || e.id != id {
			t.Fatalf("instead of message %d there is %d of kind %d", id, e.id, e.kind)
		}
	}
	if waiting, _ := q.counts(); waiting != 0 || q.bytes != 0 || q.messageBytes != 0 || q.messages.Len() != 0 {
		t.Fatal("something is left")
	}
}

func TestMessagesGiveWayByTheirBytes(t *testing.T) {
	q := newEventQueue()
	for id := uint64(0); id < 5; id++ {
		q.putMessage(event{kind: eventMessage, id: id, data: make([]byte, queuedMessageBytesMax/2)})
	}
	if waiting, dropped := q.counts(); waiting != 2 || dropped != 3 {
		t.Fatalf("%d wait, %d were dropped", waiting, dropped)
	}
	if e, _ := q.next(); e.id != 3 {
		t.Fatalf("the first is %d", e.id)
	}
}

func TestTheNetworkWaitsForRoom(t *testing.T) {
	for name, full := range map[string]func(*eventQueue){
		"events": func(q *eventQueue) {
			for range queuedEventsMax {
				q.put(event{kind: eventDialled})
			}
		},
		"bytes": func(q *eventQueue) { q.put(event{kind: eventStreamData, data: make([]byte, queuedBytesMax)}) },
	} {
		t.Run(name, func(t *testing.T) {
			q := newEventQueue()
			full(q)
			came := make(chan bool)
			go func() { came <- q.putWhenRoom(event{kind: eventConnected}) }()
			q.put(event{kind: eventPublished}) // what the caller causes does not wait
			select {
			case <-came:
				t.Fatal("there was room")
			default:
			}
			q.next()
			q.next()
			if !<-came {
				t.Fatal("it was not taken in")
			}
			full(q)
			go func() { came <- q.putWhenRoom(event{kind: eventConnected}) }()
			q.close()
			if <-came {
				t.Fatal("it was taken in by a queue that is closed")
			}
		})
	}
}

func TestAPanicOfTheCallbackDoesNotEndTheOthers(t *testing.T) {
	q := newEventQueue()
	told := make(chan uint64)
	go q.run(func(e event) {
		if e.id == 0 {
			panic("on purpose")
		}
		told <- e.id
	})
	q.put(event{kind: eventDialled, id: 0})
	q.put(event{kind: eventDialled, id: 1})
	if id := <-told; id != 1 {
		t.Fatal(id)
	}
	q.close()
	<-q.ended
	if panics.Swap(0) != 1 {
		t.Fatal("the panic was not counted")
	}
}
