import Hardware

/// Cycles before a refresh that the memory side must leave to a waiting PIM command (published NeuPIMs controller).
enum PIMSlack {
    /// With less slack than this no memory command starts while a PIM command waits.
    static let memoryCommand = 10

    /// Slack that a row command needs: the time until its column command could follow.
    static func needed(for command: DRAMCommand, _ memory: DRAMIntervals) -> Int {
        command.opensRow ? memory.nRCDWR : memory.nRP + memory.nRCDWR
    }
}

/// Where PIM commands meet refresh, the memory side's activations and the data bus.
extension Channel {
    /// Whether the operation ends before the next refresh; if not, the PIM queue waits for the refresh.
    ///
    /// Judged anew in every cycle, so a header that waits too long for its rows to close gives up in time.
    mutating func fitsBeforeRefresh(_ head: PIMOperation, _ earliest: inout Int) -> Bool {
        guard refreshInterval > 0 else { return true }
        let left = cyclesToRefresh - 1
        let latency = expectedLatency(head)
        slack = max(0, left - latency)
        if slack > 0 {
            earliest = min(earliest, now + slack)
            return true
        }
        waitsForRefresh = true
        return false
    }

    /// Whether writes to the row are still buffered; if so, the buffer drains before the PIM command goes on.
    mutating func awaitsWrites(row: Int32, banks: Range<Int>) -> Bool {
        guard profile.pim.waitsForWrites, pendingWrites.size > 0 else {
            drainsForPIM = false
            return false
        }
        var found = false
        for position in 0..<writeBuffer.count where !found {
            let request = writeBuffer[position]
            found = request.row == row && banks.contains(Int(request.bank))
        }
        for bank in banks where !found && !bankQueues[bank].isEmpty {
            found = (0..<bankQueues[bank].count).contains { position in
                bankQueues[bank][position].row == row && bankQueues[bank][position].isWrite
            }
        }
        if found { slack = Int.max / 2 }
        drainsForPIM = found
        return found
    }

    /// What a command of the memory side takes from the slack.
    mutating func slackUsed(by command: DRAMCommand) {
        guard slack > 0, !pimCommands.isEmpty else { return }
        slack -= command == .pre ? memory.nRP : memory.nRCDWR
    }

    /// The latency with which an operation is placed before a refresh.
    private mutating func expectedLatency(_ head: PIMOperation) -> Int {
        switch (head.command, profile.pim.refreshFit) {
        case (.pimGwrite, .published): operandLatency(head, closing: memory.nRTP, opening: memory.nRP + memory.nRCDRD)
        case (.pimGwrite, .exact): operandLatency(head, closing: memory.nRP, opening: memory.nRCDRD)
        case (_, .published): publishedGemvLatency(head)
        case (_, .exact): exactGemvLatency(head)
        }
    }

    private mutating func operandLatency(_ head: PIMOperation, closing: Int, opening: Int) -> Int {
        let open = dram.openRow[Int(head.bank)]
        if open == head.row { return pim!.nGWRITE }
        return pim!.nGWRITE + opening + (open == Self.closed ? 0 : closing)
    }

    private mutating func rowsToOpen(_ row: Int32) -> (groups: Int, closes: Int) {
        let rows = pim!.rowBuffers == 1 ? dram.openRow : dram.pimRow
        var groups = 0
        var closes = 0
        for first in stride(from: 0, to: organization.banks, by: organization.banksPerGroup) {
            let banks = first..<first + organization.banksPerGroup
            if banks.allSatisfy({ rows[$0] == row }) { continue }
            groups += 1
            closes += banks.count { rows[$0] != Self.closed && rows[$0] != row }
        }
        return (groups, closes)
    }

    /// `5·closes + nFAW·(groups/ranks - 1) + nRCDRD + 2·max(dot-products, fill) + 2·(results - 1)`.
    private mutating func publishedGemvLatency(_ head: PIMOperation) -> Int {
        let (groups, closes) = rowsToOpen(head.row)
        return closes * memory.nRTP + memory.nFAW * (groups / organization.ranks - 1) + memory.nRCDRD
            + memory.readToRead * max(Int(head.dotProducts), pim!.fillDotProducts)
            + memory.readToReadSameGroup * (Int(head.results) - 1)
    }

    /// One command slot per close and for the header, one window per group of a rank, then nRCD and the dot-products.
    private mutating func exactGemvLatency(_ head: PIMOperation) -> Int {
        let (groups, closes) = rowsToOpen(head.row)
        let perRank = pim!.activation == .allBanks ? 1 : (groups + organization.ranks - 1) / organization.ranks
        let results = Int(head.results)
        let dots = max(Int(head.dotProducts), pim!.fillDotProducts * results)
        let opening = groups == 0 ? 0 : memory.nFAW * (perRank - 1) + organization.ranks - 1 + memory.nRCDRD
        let closesTogether = pim!.activation == .allBanks && (hasPREA || pim!.rowBuffers == 2)
        let slots = closesTogether ? min(closes, organization.ranks) : closes
        return slots + 1 + (closes > 0 ? memory.nRP : 0) + opening + pim!.nDOT * (dots + results)
    }

    /// Whether the PIM side waits to open rows in `rank`, or is about to.
    mutating func pimWantsActivation(ofRank rank: Int) -> Bool {
        guard !pimCommands.isEmpty, !waitsForRefresh, !isRefreshing else { return false }
        let command = pimCommands.head.command
        // A header closes rows for about a window: ACTs that start now would hold the first PIM_ACTIVATE back.
        if command == .pimHeader { return isPIMMode }
        guard command == .pimGemv || command == .pimDotProduct else { return false }
        let first = rank * organization.banksPerRank
        let rows = pim!.rowBuffers == 1 ? dram.openRow : dram.pimRow
        return (first..<first + organization.banksPerRank).contains { rows[$0] == Self.closed }
    }

    /// First cycle from `cycle` on in which a column command keeps clear of a result that is due on the data bus.
    ///
    /// The result of a composite `PIM_GEMV` moves like a read of another rank that starts at its result slot.
    @inline(__always)
    mutating func clearOfResult(_ command: DRAMCommand, from cycle: Int) -> Int {
        guard pimResultsTakeBus else { return cycle }
        if resultSlots.isEmpty { return max(cycle, now) }
        let before = command == .rd ? memory.readToReadOtherRank : memory.writeToRead
        let after = (command == .rd ? memory.readToReadOtherRank : memory.readToWrite) + resultExtra
        var start = max(cycle, now)
        for slot in resultSlots where start > slot - before && start < slot + after {
            start = slot + after
            if dram.buses == .rowAndColumnOnEdges { start = dram.onEdge(command, start, bank: 0, now: now) }
        }
        return start
    }
}
