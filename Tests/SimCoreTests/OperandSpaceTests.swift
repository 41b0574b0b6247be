import Testing

@testable import SimCore

/// Who may have how much of the scratchpad, and which weights stay.
@Suite struct OperandSpaceTests {
    private func isFetch(_ answer: OperandSpace.Answer) -> Bool {
        if case .fetch = answer { true } else { false }
    }

    @Test func aProgramAloneMayHaveEverything() {
        var space = OperandSpace(capacity: 1000, keepsWeights: true, slots: 4)
        space.begin(slot: 0, programs: 1)
        for block in 0..<10 {
            let answer = space.take(weights: block, 100, slot: 0, block: block)
            #expect(isFetch(answer))
        }
        let taken1 = space.take(1, slot: 0)
        #expect(!taken1)
        space.release(100, slot: 0, weights: 0)
        #expect(space.kept == 0)
        let taken2 = space.take(100, slot: 0)
        #expect(taken2)
    }

    @Test func aBlockLargerThanTheSpaceIsTakenAlone() {
        var space = OperandSpace(capacity: 1000, keepsWeights: false, slots: 4)
        space.begin(slot: 0, programs: 2)
        let taken3 = space.take(5000, slot: 0)
        #expect(taken3)
        let taken4 = space.take(1, slot: 0)
        #expect(!taken4)
    }

    @Test func programsThatReadAgainHaveEqualShares() {
        var space = OperandSpace(capacity: 1000, keepsWeights: false, slots: 4)
        for slot in 0..<2 { space.begin(slot: slot, programs: 2) }
        for block in 0..<5 {
            let answer = space.take(weights: block, 100, slot: 0, block: block)
            #expect(isFetch(answer))
        }
        let answer5 = space.take(weights: 5, 100, slot: 0, block: 5)
        #expect(!isFetch(answer5))
        let answer6 = space.take(weights: 0, 100, slot: 1, block: 0)
        #expect(isFetch(answer6))
    }

    @Test func weightsStayUntilEveryPartHasHadThem() {
        var space = OperandSpace(capacity: 10_000, keepsWeights: true, slots: 4)
        for slot in 0..<3 { space.begin(slot: slot, programs: 3) }
        let answer7 = space.take(weights: 7, 100, slot: 0, block: 1)
        #expect(isFetch(answer7))
        // The second part asks while they are under way, and hears of their arrival.
        guard case .held(since: nil) = space.take(weights: 7, 100, slot: 1, block: 2) else {
            Issue.record("the weights are under way")
            return
        }
        let waiting = space.note(arrivalOf: 7, at: 50)
        #expect(waiting.map(\.run) == [1] && waiting.map(\.block) == [2])
        space.release(100, slot: 0, weights: 7)
        #expect(space.kept == 0)
        space.release(100, slot: 1, weights: 7)
        #expect(space.kept == 100)
        // The last part finds them; then they are gone.
        guard case .held(since: 50) = space.take(weights: 7, 100, slot: 2, block: 3) else {
            Issue.record("the weights were kept")
            return
        }
        #expect(space.kept == 0)
        space.release(100, slot: 2, weights: 7)
        #expect(space.kept == 0)
        let answer8 = space.take(weights: 7, 100, slot: 0, block: 1)
        #expect(isFetch(answer8))
    }

    @Test func whatFindsNoRoomIsReadAgainOnce() {
        // Windows of 1000 / (2 x 8) = 62 each: 876 bytes may be kept.
        var space = OperandSpace(capacity: 1000, keepsWeights: true, slots: 4)
        for slot in 0..<2 { space.begin(slot: slot, programs: 2) }
        var read = 0
        for slot in 0..<2 {
            for block in 0..<20 {
                if isFetch(space.take(weights: block, 50, slot: slot, block: block)) {
                    read += 1
                    _ = space.note(arrivalOf: block, at: 0)
                }
                space.release(50, slot: slot, weights: block)
                space.checkInvariants()
            }
        }
        #expect(read == 20 + (20 - 876 / 50))
        #expect(space.kept == 0)
    }

    /// Whatever the programs do, what is held and kept fits, and each can have its window.
    @Test(arguments: 1...4) func nobodyTakesWhatOthersCanCountOn(_ programs: Int) {
        var random = TestRandom(seed: UInt64(programs))
        let capacity = 4096
        let window = capacity / (programs * 8)
        var space = OperandSpace(capacity: capacity, keepsWeights: true, slots: 4)
        for slot in 0..<programs { space.begin(slot: slot, programs: programs) }
        var held = [[(bytes: Int, address: Int?)]](repeating: [], count: programs)
        for _ in 0..<20_000 {
            let slot = random.index(below: programs)
            let bytes = 1 + random.index(below: 64)
            switch random.index(below: 4) {
            case 0 where !held[slot].isEmpty:
                let (bytes, address) = held[slot].removeFirst()
                space.release(bytes, slot: slot, weights: address)
            case 1:
                let before = held[slot].reduce(0) { $0 + $1.bytes }
                let isTaken = space.take(bytes, slot: slot)
                #expect(isTaken || before + bytes > window)
                if isTaken { held[slot].append((bytes, nil)) }
            default:
                let address = random.index(below: 100)
                guard !held[slot].contains(where: { $0.address == address }) else { continue }
                let size = 1 + address % 64
                switch space.take(weights: address, size, slot: slot, block: 0) {
                case .noRoom: continue
                case .fetch: _ = space.note(arrivalOf: address, at: 0)
                case .held: break
                }
                held[slot].append((size, address))
            }
            space.checkInvariants()
            let all = held.joined().reduce(0) { $0 + $1.bytes }
            #expect(space.kept + all <= capacity)
        }
    }
}
