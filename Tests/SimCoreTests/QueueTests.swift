import Hardware
import Testing

@testable import SimCore

/// The channel's queues and tables against plain arrays and dictionaries under random operations.
@Suite struct QueueTests {
    @Test(arguments: [1, 2, 5, 8, 32, 33, 128])
    func requestQueueIsAnArrayThatLosesElementsAnywhere(capacity: Int) {
        var random = TestRandom(seed: UInt64(capacity))
        var queue = RequestQueue(capacity: capacity)
        var model: [Int] = []
        for step in 0..<2000 {
            if !model.isEmpty && (model.count == capacity || random.chance(0.5)) {
                // Mostly near the head, as the controller does; anywhere now and then.
                let position = random.index(below: random.chance(0.3) ? model.count : min(model.count, 3))
                #expect(queue.remove(at: position).burst == model.remove(at: position))
            } else {
                queue.append(
                    BurstRequest(burst: step, accepted: 0, segment: 0, row: 0, bank: 0, isWrite: step % 2 == 0))
                model.append(step)
            }
            #expect(queue.count == model.count)
            #expect(queue.isEmpty == model.isEmpty)
            #expect(queue.isFull == (model.count == capacity))
            #expect((0..<queue.count).map { queue[$0].burst } == model)
        }
    }

    @Test(arguments: [1, 3, 32, 128])
    func pimQueueIsFirstInFirstOut(capacity: Int) {
        var random = TestRandom(seed: UInt64(capacity))
        var queue = PIMQueue(capacity: capacity)
        var model: [Int32] = []
        for step in 0..<2000 as Range<Int32> {
            if !model.isEmpty && (model.count == capacity || random.chance(0.45)) {
                #expect(queue.head.row == model[0])
                #expect(queue.removeHead().row == model.removeFirst())
            } else {
                queue.append(PIMOperation(.pimGemv, row: step))
                model.append(step)
            }
            #expect(queue.count == model.count)
            #expect(queue.isEmpty == model.isEmpty)
            #expect(queue.isFull == (model.count == capacity))
        }
    }

    @Test func aQueueForNoPIMIsAlwaysFull() {
        let queue = PIMQueue(capacity: 0)
        #expect(queue.isFull && queue.isEmpty)
    }

    /// Few distinct keys collide and leave often; wide ones make the table grow.
    @Test(arguments: [(4, 12), (32, 40), (16, 4000), (64, 1 << 40)])
    func burstTableIsACountingDictionary(capacity: Int, keys: Int) {
        var random = TestRandom(seed: UInt64(keys))
        var table = BurstTable(capacity: capacity)
        var model: [Int: Int] = [:]
        var seen: [Int] = []
        for _ in 0..<4000 {
            let isNew = seen.isEmpty || random.chance(0.4)
            let key = isNew ? random.index(below: keys) : seen[random.index(below: seen.count)]
            if model.count >= 3 * capacity || random.chance(0.45) {
                #expect(table.removeAll(key) == model.removeValue(forKey: key) ?? 0)
            } else {
                model[key, default: 0] += 1
                #expect(table.insert(key) == model[key])
                if seen.count < 500 { seen.append(key) }
            }
            #expect(table.size == model.count)
            #expect(table.count(of: key) == model[key] ?? 0)
        }
        for key in seen { #expect(table.count(of: key) == model[key] ?? 0) }
    }

    @Test func segmentPortGivesRequestsInOrderWithTheirArrivals() {
        var random = TestRandom(seed: 5)
        var port = SegmentPort()
        var model: [(arrival: Int, slot: Int32, position: Int)] = []
        var next: Int32 = 0
        for _ in 0..<6000 {
            // Long backlogs make the port drop what has passed.
            if random.chance(model.count > 3000 ? 0.1 : 0.55) {
                let segment = Segment(
                    base: 0, count: 1 + random.index(below: 3), arrival: random.index(below: 1000),
                    interval: random.index(below: 4), slot: next, isWrite: false, isPIM: false)
                port.append(segment)
                for position in 0..<segment.count {
                    model.append((segment.arrival + position * segment.interval, next, position))
                }
                next += 1
            } else if !model.isEmpty {
                for _ in 0..<min(model.count, 1 + random.index(below: 3)) {
                    let expected = model.removeFirst()
                    #expect(port.nextArrival == expected.arrival)
                    #expect(port.headSegment.slot == expected.slot)
                    #expect(port.position == expected.position)
                    port.advance()
                }
            }
            #expect(port.isEmpty == model.isEmpty)
            if model.isEmpty { #expect(port.nextArrival == SegmentPort.idle) }
        }
    }

    @Test func segmentTableCompletesEachSegmentOnceAtItsLastRequest() {
        var random = TestRandom(seed: 6)
        var table = SegmentTable()
        var model: [Int32: (transfer: Int32, left: Int, last: Int)] = [:]
        for step in 0..<4000 {
            if model.count < 20 && random.chance(0.4) {
                let count = 1 + random.index(below: 5)
                let slot = table.open(transfer: Int32(step), count: count)
                #expect(model[slot] == nil, "a slot in use is not given again")
                model[slot] = (Int32(step), count, 0)
            } else if let slot = model.keys.sorted().dropFirst(random.index(below: max(1, model.count))).first {
                // Requests complete out of order: the latest cycle counts.
                let cycle = random.index(below: 1000)
                model[slot]!.left -= 1
                model[slot]!.last = max(model[slot]!.last, cycle)
                let entry = model[slot]!
                let expected = entry.left == 0 ? Completion(transfer: entry.transfer, cycle: entry.last) : nil
                #expect(table.complete(slot, at: cycle) == expected)
                if entry.left == 0 { model[slot] = nil }
            }
            #expect(table.underWay == model.count)
        }
    }

    @Test func pimProgramStoreKeepsOperationsUntilTheyAreTaken() {
        var random = TestRandom(seed: 7)
        var store = PIMProgramStore()
        var waiting: [(index: Int, row: Int32)] = []
        var next: Int32 = 0
        for _ in 0..<2000 {
            if random.chance(0.3) {
                let count = 1 + random.index(below: 6)
                let rows = (0..<count).map { next + Int32($0) }
                let base = store.append(rows.map { PIMOperation(.pimGemv, row: $0) })
                for (position, row) in rows.enumerated() { waiting.append((base + position, row)) }
                next += Int32(count)
            } else if !waiting.isEmpty {
                let taken = waiting.remove(at: random.index(below: waiting.count))
                #expect(store.take(taken.index).row == taken.row)
            }
        }
    }
}
