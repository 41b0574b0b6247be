import Hardware
import Testing

@testable import SimCore

/// Small cases by hand: single commands to the cycle, and the corners where PIM and memory could hold each other up.
@Suite struct ChannelProgressTests {
    private let dual = TestDevice(name: "dual", organization: .neupims, pim: .published(rowBuffers: 2))
    private let single = TestDevice(name: "single", organization: .neupims, pim: .published(rowBuffers: 1))

    private func gemv(row: Int32, results: Int = 1, dots: Int16 = 8, transfer: Int32 = -1) -> [PIMOperation] {
        [PIMOperation(.pimHeader, row: row, dotProducts: dots * Int16(results), results: Int16(results))]
            + (1...results).map {
                let isLast = $0 == results
                return PIMOperation(
                    .pimGemv, row: row, dotProducts: dots, isLast: isLast, transfer: isLast ? transfer : -1)
            }
    }

    private func answers(_ channel: inout Channel, until limit: Int) -> [Int32: Int] {
        channel.run(until: limit, pause: .whenAnswered)
        return Dictionary(uniqueKeysWithValues: channel.takeCompletions().map { ($0.transfer, $0.cycle) })
    }

    private func read(_ channel: inout Channel, _ device: TestDevice, bank: Int, row: Int, transfer: Int32, at: Int) {
        channel.enqueue(
            base: device.burst(bank: bank, row: row, column: 0), count: 1, isWrite: false, transfer: transfer,
            arrival: at)
    }

    /// Accepted and moved in cycle 0, ACT in 1, RD nRCDRD = 14 later in 15, data nCL + nBL = 16 later.
    @Test func anIdleReadTakesActivateColumnAndBurst() {
        var channel = dual.makeChannel()
        channel.recordsCommands()
        read(&channel, dual, bank: 3, row: 5, transfer: 1, at: 0)
        #expect(answers(&channel, until: 1000) == [1: 31])
        #expect(channel.takeLog().map(\.text) == ["1 ACT b3 r5", "15 RD b3 r5"])
    }

    /// A write is acknowledged in the cycle after its acceptance; a read of it is served from the buffer.
    @Test func aReadOfABufferedWriteIsForwarded() {
        var channel = dual.makeChannel()
        channel.enqueue(base: 77, count: 1, isWrite: true, transfer: 1, arrival: 5)
        channel.enqueue(base: 77, count: 1, isWrite: false, transfer: 2, arrival: 9)
        #expect(answers(&channel, until: 1000) == [1: 6, 2: 10])
        #expect(channel.statistics.forwardedReads == 1)
    }

    /// ACT 1, operand write 15, header 111, eight groups from 112 (two ranks, nFAW = 30 apart) to 203, GEMV 14 later.
    @Test func oneGemvTakesOperandHeaderGroupsAndDotProducts() {
        var channel = dual.makeChannel()
        channel.recordsCommands()
        channel.enqueue(pim: [PIMOperation(.pimGwrite, row: 0)] + gemv(row: 9, transfer: 4), arrival: 0)
        #expect(answers(&channel, until: 1000) == [4: 217 + 16])
        let log = channel.takeLog()
        let cycles = [1, 15, 111, 112, 113, 142, 143, 172, 173, 202, 203, 217]
        #expect(log.map(\.cycle) == cycles)
        let groups = [DRAMCommand](repeating: .pimActivate, count: 8)
        #expect(log.map(\.command) == [.act, .pimGwrite, .pimHeader] + groups + [.pimGemv])
    }

    @Test func theOperandsBankServesReadsOnceTheOperandIsWritten() {
        for device in [dual, single] {
            var channel = device.makeChannel()
            channel.enqueue(pim: [PIMOperation(.pimGwrite, row: 0)], arrival: 0)
            read(&channel, device, bank: 0, row: 0, transfer: 1, at: 20)
            // The operand write starts in 15 and holds its bank for nGWRITE = 96 cycles; then RD and 16 cycles.
            #expect(answers(&channel, until: 50_000) == [1: 15 + 96 + 16], "\(device)")
        }
    }

    @Test func aReadOfTheOperandsBankDoesNotStopABlockedProgram() {
        var channel = single.makeChannel()
        channel.enqueue(pim: [PIMOperation(.pimGwrite, row: 0)], arrival: 0)
        read(&channel, single, bank: 0, row: 0, transfer: 1, at: 20)
        channel.enqueue(pim: gemv(row: 9, transfer: 2), arrival: 40)
        #expect(Set(answers(&channel, until: 50_000).keys) == [1, 2])
    }

    @Test func aWriteDrainDoesNotStopABlockedProgram() {
        var channel = single.makeChannel()
        let program = [PIMOperation(.pimGwrite, row: 0)] + gemv(row: 9, results: 4, transfer: 1)
        channel.enqueue(pim: program, arrival: 0, interval: 120)
        channel.enqueue(base: 4096, count: 64, isWrite: true, transfer: 2, arrival: 150)
        #expect(Set(answers(&channel, until: 50_000).keys) == [1, 2])
    }

    /// Two programs keep the PIM side busy for thousands of cycles; the memory side needs few slots beside them.
    @Test(arguments: RefreshPolicy.allCases.filter { $0 != .perBank })
    func readsGoOnBesidePIM(refresh: RefreshPolicy) {
        var device = dual
        device.profile.refresh = refresh
        var channel = device.makeChannel()
        let rows = (100..<120).flatMap { gemv(row: $0, results: 4) }
        channel.enqueue(pim: [PIMOperation(.pimGwrite, row: 0)] + rows, arrival: 0)
        for bank in 1..<8 { read(&channel, device, bank: bank, row: 3, transfer: Int32(bank), at: 400) }
        let done = answers(&channel, until: 50_000)
        #expect(done.count == 7)
        #expect(done.values.allSatisfy { $0 < 1500 }, "\(refresh): \(done)")
    }

    /// The same row may not be open in both buffers, so the PIM row buffer must let it go first.
    @Test(arguments: RefreshPolicy.allCases.filter { $0 != .perBank })
    func aRowThatPIMIsDoneWithIsThereForMemory(refresh: RefreshPolicy) {
        var device = dual
        device.profile.refresh = refresh
        var channel = device.makeChannel()
        channel.enqueue(pim: [PIMOperation(.pimGwrite, row: 0)] + gemv(row: 9, transfer: 1), arrival: 0)
        read(&channel, device, bank: 4, row: 9, transfer: 2, at: 300)
        let done = answers(&channel, until: 50_000)
        #expect(done[2].map { $0 < 400 } == true, "\(done)")
    }

    /// The results of a GEMV trickle in so slowly that a refresh closes its row; a read of the same row comes between.
    @Test func aRefreshInsideAGemvDoesNotOpenItsRowTwice() {
        for pim in PIMTiming.allVariants {
            let device = TestDevice(name: pim.variant, organization: .neupims, pim: pim)
            var channel = device.makeChannel()
            channel.recordsCommands()
            channel.enqueue(pim: gemv(row: 9, results: 4, transfer: 1), arrival: 1000, interval: 700)
            for step in 0..<40 {
                read(&channel, device, bank: step % 32, row: 9, transfer: Int32(10 + step), at: 1990 + step * 25)
            }
            #expect(answers(&channel, until: 100_000).count == 41, "\(device)")
            let violations = CommandLogChecker(device).violations(in: channel.takeLog())
            #expect(violations.isEmpty, "\(device): \(violations.first.map(\.description) ?? "")")
        }
    }
}
