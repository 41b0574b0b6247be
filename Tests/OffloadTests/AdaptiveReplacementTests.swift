import Offload
import Testing
import Workload

/// ARC as in the paper's figure 4 (Megiddo and Modha, FAST 2003), with lists, the oldest first; whole-number steps.
private struct TextbookARC {
    let room: Int
    var target = 0
    var once: [Int] = []
    var again: [Int] = []
    var leftOnce: [Int] = []
    var leftAgain: [Int] = []

    mutating func use(_ block: Int) -> Bool {
        if once.contains(block) || again.contains(block) {
            once.removeAll { $0 == block }
            again.removeAll { $0 == block }
            again.append(block)
            return true
        }
        if room == 0 { return false }
        if leftOnce.contains(block) {
            target = min(room, target + max(1, leftAgain.count / leftOnce.count))
            replace(block)
            leftOnce.removeAll { $0 == block }
            again.append(block)
        } else if leftAgain.contains(block) {
            target = max(0, target - max(1, leftOnce.count / leftAgain.count))
            replace(block)
            leftAgain.removeAll { $0 == block }
            again.append(block)
        } else {
            let first = once.count + leftOnce.count
            let all = first + again.count + leftAgain.count
            if first == room {
                if once.count < room {
                    leftOnce.removeFirst()
                    replace(block)
                } else {
                    once.removeFirst()
                }
            } else if all >= room {
                if all == 2 * room { leftAgain.removeFirst() }
                replace(block)
            }
            once.append(block)
        }
        return false
    }

    private mutating func replace(_ block: Int) {
        if !once.isEmpty, once.count > target || (leftAgain.contains(block) && once.count == target) {
            leftOnce.append(once.removeFirst())
        } else {
            leftAgain.append(again.removeFirst())
        }
    }
}

@Suite struct AdaptiveReplacementTests {
    /// One layer and one expert for each token: Fate's cache is then plain ARC.
    @Test func fateOnOneLayerIsTheTextbooksARC() {
        var random = RandomNumbers(seed: 31)
        for _ in 0..<40 {
            let shape = RouteShape(layers: 1, experts: 3 + random.nextIndex(below: 20), topK: 1)
            let routes = randomRoutes(&random, shape: shape, tokens: 400)
            let room = random.nextIndex(below: shape.experts + 1)
            var textbook = TextbookARC(room: room)
            let hits = routes.experts.count { textbook.use(Int($0)) }
            let replay = CacheReplay(
                ExpertEvents(routes), CacheSpecification(policy: .fate, scope: .global, capacity: .experts(room)))
            #expect(replay.hits == hits)
        }
    }

    /// Room for 39 of 5 x 8 experts: two whole layers fit half the room, a third does not; the other three layers get 8,
    /// 8 and 7 of the rest.
    @Test func fateKeepsFirstLayersWhole() {
        var random = RandomNumbers(seed: 12)
        let shape = RouteShape(layers: 5, experts: 8, topK: 2)
        let events = ExpertEvents(randomRoutes(&random, shape: shape, tokens: 300))
        let replay = CacheReplay(
            events, CacheSpecification(policy: .fate, scope: .global, capacity: .experts(39)))
        for layer in 0..<4 { #expect(replay.layers[layer].misses <= 8) }
        #expect(replay.layers[4].misses > 8)
    }
}
