// SPDX-License-Identifier: Apache-2.0 OR MIT
package peers

import (
	"encoding/binary"
	"math/rand/v2"
	"sort"
	"strconv"
	"testing"
	"time"
	_ "unsafe" // for go:linkname

	"github.com/libp2p/go-libp2p-pubsub/timecache"
)

// How the relay of go-waku knows messages that it has seen: the time cache of go-libp2p-pubsub, which forgets an id
// some time after it was first seen. It looks at the clock for each id that is added, and once a minute a goroutine
// walks over all ids under the cache's lock and drops those that are too old.
//
// hit and miss are as in the workload seen_set. window is not quite: that one has a virtual time and the oldest hash
// expire in each round. Here real time passes; ids stay for as long as size rounds last, and a sweep comes twice in
// that time, the proportion that go-waku has (2 minutes and 1). So up to half as many again are held, as there, and a
// round's mean contains its share of the sweeps, but how long a sweep holds up a message is not seen in it. A round
// also makes the id's string, as the relay does for each message. The smallest size is left out of window: its sweeps
// would come faster than Go's timers are exact.

// The time between two sweeps is no option of the package, and its own tests set this too.
//
//go:linkname sweepInterval github.com/libp2p/go-libp2p-pubsub/timecache.backgroundSweepInterval
var sweepInterval time.Duration

// The id of a message: 32 bytes that look random, the same for the same number.
func id(number uint64) string {
	var bytes [32]byte
	for word := uint64(0); word < 4; word++ {
		mixed := (number*4 + word + 1) * 0x9e3779b97f4a7c15
		mixed = (mixed ^ mixed>>30) * 0xbf58476d1ce4e5b9
		mixed = (mixed ^ mixed>>27) * 0x94d049bb133111eb
		binary.LittleEndian.PutUint64(bytes[8*word:], mixed^mixed>>31)
	}
	return string(bytes[:])
}

// Adds one new id after the other.
type window struct {
	cache timecache.TimeCache
	next  uint64
}

func newWindow(lifetime time.Duration) *window {
	sweepInterval = lifetime / 2
	return &window{cache: timecache.NewTimeCache(lifetime)}
}

// Runs at least so many rounds for at least so long; how many it were. Whether an id was seen is asked before it is
// marked, as the relay does around the validation.
func (w *window) run(rounds uint64, during time.Duration) uint64 {
	const batch = 256
	done := uint64(0)
	for begin := time.Now(); done < rounds || time.Since(begin) < during; done += batch {
		for each := 0; each < batch; each++ {
			next := id(w.next)
			if w.cache.Has(next) || !w.cache.Add(next) {
				panic("a new id was taken for a known one")
			}
			w.next++
		}
	}
	return done
}

// How many ids are held: the newest ones.
func (w *window) held() uint64 {
	return uint64(sort.Search(int(w.next), func(age int) bool { return !w.cache.Has(id(w.next - 1 - uint64(age))) }))
}

// The lifetime with which about `size` ids are younger than that, by how long rounds took.
func lifetimeFor(size, rounds uint64, took time.Duration) time.Duration {
	return time.Duration(float64(took) * float64(size) / float64(rounds))
}

func filledWith(size uint64) timecache.TimeCache {
	sweepInterval = time.Hour
	cache := timecache.NewTimeCache(24 * time.Hour)
	for number := uint64(0); number < size; number++ {
		cache.Add(id(number))
	}
	return cache
}

// Has each of the ids looked up, in random order.
func lookUp(b *testing.B, cache timecache.TimeCache, first, size uint64, present bool) {
	ids := make([]string, size)
	for place := range ids {
		ids[place] = id(first + uint64(place))
	}
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
	b.ResetTimer()
	for round, each := 0, 0; round < b.N; round++ {
		if cache.Has(ids[each]) != present {
			b.Fatal("a wrong answer")
		}
		if each++; each == len(ids) {
			each = 0
		}
	}
}

func BenchmarkSeenSet(b *testing.B) {
	for _, size := range []uint64{1_000, 100_000, 1_000_000} {
		name := "/go_timecache/" + strconv.FormatUint(size, 10)
		cache := filledWith(size)
		b.Run("hit"+name, func(b *testing.B) { lookUp(b, cache, 0, size, true) })
		b.Run("miss"+name, func(b *testing.B) { lookUp(b, cache, size, size, false) })
		cache.Done()
		if size < 100_000 {
			continue
		}
		var lifetime time.Duration
		b.Run("window"+name, func(b *testing.B) {
			b.StopTimer()
			if lifetime == 0 { // a guess, which a run of its own and then each repetition corrects
				lifetime = time.Duration(size) * 500
				first := newWindow(lifetime)
				lifetime = lifetimeFor(size, first.run(0, 4*lifetime), 4*lifetime)
				first.cache.Done()
			}
			filled := newWindow(lifetime)
			defer filled.cache.Done()
			filled.run(0, 2*lifetime)
			b.StartTimer()
			// Whatever b.N is, no less than four sweeps: less would leave out their share.
			rounds := filled.run(uint64(b.N), 2*lifetime)
			b.StopTimer()
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(rounds), "ns/op")
			b.ReportMetric(float64(filled.held()), "held")
			lifetime = lifetimeFor(size, rounds, b.Elapsed())
		})
	}
}

func TestSeenSet(t *testing.T) {
	seed := rand.Uint64()
	draw := rand.New(rand.NewPCG(seed, 0))
	cache := filledWith(0)
	defer cache.Done()
	expected := map[string]bool{}
	for step := 0; step < 50_000; step++ {
		drawn := id(draw.Uint64N(2_000))
		if draw.IntN(2) == 0 {
			if cache.Add(drawn) == expected[drawn] {
				t.Fatalf("Add is wrong in step %d, seed %d", step, seed)
			}
			expected[drawn] = true
		} else if cache.Has(drawn) != expected[drawn] {
			t.Fatalf("Has is wrong in step %d, seed %d", step, seed)
		}
	}
}

// It ends only if the old ids are dropped while new ones are held: the interval set above is the one that counts.
func TestWindow(t *testing.T) {
	filled := newWindow(20 * time.Millisecond)
	defer filled.cache.Done()
	for filled.held() == 0 || filled.held() == filled.next {
		filled.run(1, 0)
	}
}
