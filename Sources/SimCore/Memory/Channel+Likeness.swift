import Hardware

/// Telling whether channels that had different work have come to be alike again.
extension Channel {
    /// Whether every request that was sent is answered and nothing but writes that need no draining is left in the queues;
    /// no refresh is due, no GEMV is under way, nothing is recorded.
    var isAtRest: Bool {
        for index in ports.indices where !ports[index].isEmpty { return false }
        return readQueue.isEmpty && pimRequests.isEmpty && pimCommands.isEmpty && segments.underWay == 0
            && bankQueues.allSatisfy(\.isEmpty) && mergedReads.isEmpty && !drainsForPIM && drainsLeft == 0
            && writeBuffer.count <= profile.idleDrainThreshold && !writeBuffer.isFull && dependencyLock == nil
            && pendingRefresh.isEmpty && !isRefreshing && !waitsForRefresh && !isPIMMode && reservedRow == Self.closed
            && afterCAS == nil && dram.split.bank == nil && completions.isEmpty
            && dram.log == nil && readLatencies == nil
    }

    /// Whether two channels at rest, neither of which does anything before `cycle`, do the same for the same work from
    /// then on, if that work neither writes nor reads what is buffered nor has PIM operations.
    ///
    /// Earliest times that have passed are all alike. What was counted and what is buffered may differ: the number of
    /// buffered writes may not, because it decides when they drain.
    func isAlike(_ other: Channel, from cycle: Int) -> Bool {
        guard
            dram.openRow == other.dram.openRow, dram.pimRow == other.dram.pimRow, servedBank == other.servedBank,
            writeBuffer.count == other.writeBuffer.count, slack == other.slack,
            nextRefreshTurn == other.nextRefreshTurn, dueRefresh == other.dueRefresh,
            wantsPrecharge == other.wantsPrecharge
        else { return false }
        // Beyond these numbers one more hit makes no difference.
        let enough = Int32(clamping: max(1, profile.rowHitLimit))
        for bank in 0..<organization.banks {
            if min(rowHits[bank], enough) != min(other.rowHits[bank], enough) { return false }
            if max(pimReleased[bank], cycle) != max(other.pimReleased[bank], cycle) { return false }
        }
        let margin = max(memory.readToReadOtherRank, memory.readToWrite) + resultExtra
        guard
            max(gwriteEnd ?? 0, cycle) == max(other.gwriteEnd ?? 0, cycle),
            (gwriteEnd ?? 0) <= cycle || gwriteBank == other.gwriteBank,
            resultSlots.filter({ $0 + margin > cycle }) == other.resultSlots.filter({ $0 + margin > cycle }),
            max(dram.split.clockEnd, cycle) == max(other.dram.split.clockEnd, cycle),
            dram.edges.isAlike(other.dram.edges, from: cycle)
        else { return false }
        return dram.timing.isAlike(other.dram.timing, from: cycle)
    }

    /// Bursts of the buffered writes, the oldest first.
    var bufferedBursts: [Int] { (0..<writeBuffer.count).map { writeBuffer[$0].burst } }

    /// Whether one of the buffered writes is to a burst of that range.
    func hasBuffered(_ bursts: Range<Int>) -> Bool {
        for position in 0..<writeBuffer.count where bursts.contains(writeBuffer[position].burst) { return true }
        return false
    }

    /// Where a channel stands when it begins to be advanced for others as well.
    struct Standing: Sendable {
        fileprivate var statistics: ChannelStatistics
        fileprivate var openBanks: UInt64
        fileprivate var openPIMBanks: UInt64
    }

    var standing: Standing {
        Standing(statistics: statistics, openBanks: dram.openBanks, openPIMBanks: dram.openPIMBanks)
    }

    /// Takes over the state of a channel that was advanced for this one since `start`; what this one counted before adds up
    /// with what the other has counted since.
    ///
    /// - Parameter keepsWrites: what this one has buffered differs from the other's, which has not written since.
    mutating func follow(_ leader: Channel, since start: Standing, keepsWrites: Bool) {
        let own = (statistics, writeBuffer, pendingWrites)
        self = leader
        counters = own.0
        let end = leader.statistics
        counters.advance(from: start.statistics, to: end)
        for rank in dram.rankBanks.indices {
            let banks = dram.rankBanks[rank]
            counters.advanceActivity(
                rank, from: start.statistics, to: end, wasActive: start.openBanks & banks != 0,
                wasPIMActive: start.openPIMBanks & banks != 0)
        }
        dram.commands = counters.commands
        if keepsWrites { (writeBuffer, pendingWrites) = (own.1, own.2) }
    }
}

extension EdgePairing {
    func isAlike(_ other: EdgePairing, from cycle: Int) -> Bool {
        if tick < cycle && other.tick < cycle { return true }
        return tick == other.tick && command == other.command && bank == other.bank
    }
}
