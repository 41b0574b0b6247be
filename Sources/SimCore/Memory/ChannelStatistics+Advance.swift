/// Counting for a channel that another one in the same state stood for.
extension ChannelStatistics {
    /// Adds what the other one counted from `start` to `end`; the ranks' activity is added by `advanceActivity`.
    mutating func advance(from start: ChannelStatistics, to end: ChannelStatistics) {
        for index in commands.indices { commands[index] += end.commands[index] - start.commands[index] }
        dotProducts += end.dotProducts - start.dotProducts
        operandBursts += end.operandBursts - start.operandBursts
        rowHits += end.rowHits - start.rowHits
        rowConflicts += end.rowConflicts - start.rowConflicts
        requests += end.requests - start.requests
        forwardedReads += end.forwardedReads - start.forwardedReads
        mergedWrites += end.mergedWrites - start.mergedWrites
        mergedReads += end.mergedReads - start.mergedReads
        pimBusyCycles += end.pimBusyCycles - start.pimBusyCycles
        if end.pimBusySince != start.pimBusySince { pimBusySince = end.pimBusySince }
        pimActivity.advance(from: start.pimActivity, to: end.pimActivity)
        dataBursts.advance(from: start.dataBursts, to: end.dataBursts)
    }

    /// The same for the time in which a rank has rows open.
    ///
    /// - Parameters:
    ///   - wasActive: whether it had rows open at `start`, here and there, perhaps for other lengths of time.
    ///   - wasPIMActive: whether PIM row buffers were open then.
    mutating func advanceActivity(
        _ rank: Int, from start: ChannelStatistics, to end: ChannelStatistics, wasActive: Bool, wasPIMActive: Bool
    ) {
        var ended = end.activeCycles[rank] - start.activeCycles[rank]
        if ended > 0 && wasActive { ended += start.activeSince[rank] - activeSince[rank] }
        activeCycles[rank] += ended
        if end.activeSince[rank] != start.activeSince[rank] { activeSince[rank] = end.activeSince[rank] }
        var pimEnded = end.pimActiveCycles[rank] - start.pimActiveCycles[rank]
        if pimEnded > 0 && wasPIMActive { pimEnded += start.pimActiveSince[rank] - pimActiveSince[rank] }
        pimActiveCycles[rank] += pimEnded
        if end.pimActiveSince[rank] != start.pimActiveSince[rank] { pimActiveSince[rank] = end.pimActiveSince[rank] }
    }
}
