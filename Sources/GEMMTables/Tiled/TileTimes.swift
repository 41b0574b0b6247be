import SimCore

/// What became of a lane's tiles in a run of their program: array cycles, and waiting by cause.
///
/// The array could start a tile when the one before has streamed and, with overlapped fill, the stationary tile could
/// have shifted in behind it. What passes from then to its start is waiting, and belongs to what came last of all the
/// start depended on. So array cycles and waiting add up to the time, each cycle counted once, and none is negative.
struct TileTimes {
    private(set) var stalls = GEMMStalls()
    private(set) var computeCycles = 0
    /// Waiting before the first tile: nothing could hide it.
    private(set) var firstFill = 0
    private(set) var end = 0

    /// - Parameter start: the cycle in which the program began.
    init(_ tiles: [TileNodes], _ times: [OperatorTime], start: Int, stationary: GEMMOperand, overlaps: Bool) {
        var waited = 0
        var lastDrained = start
        var lastWritten = start
        for (index, tile) in tiles.enumerated() {
            var earliest = start
            if index > 0 {
                let before = tiles[index - 1]
                earliest = times[before.stream].end
                if tile.shift != nil { earliest = max(earliest, times[before.lead].end + tile.shiftCycles) }
            } else if overlaps {
                earliest += tile.first
            }
            let gap = times[tile.lead].start - earliest
            precondition(gap >= 0, "an array cannot start a tile before it is free")
            if gap > 0 { charge(gap, tile, times, stationary) }
            if index == 0 { firstFill = gap }
            waited += gap
            lastDrained = max(lastDrained, times[tile.drained].end)
            if let write = tile.write { lastWritten = max(lastWritten, times[write].end) }
        }
        end = max(lastDrained, lastWritten)
        stalls.drain = end - lastDrained
        computeCycles = end - start - waited - stalls.drain
    }

    private mutating func charge(
        _ gap: Int, _ tile: TileNodes, _ times: [OperatorTime], _ stationary: GEMMOperand
    ) {
        func end(_ node: Int?) -> Int { node.map { times[$0].end } ?? Int.min }
        // What shifts in counts from the end of its shift.
        func arrival(_ operand: GEMMOperand, _ node: Int?) -> Int {
            end(node != nil && stationary == operand ? tile.shift ?? node : node)
        }
        let ends = [
            arrival(.weights, tile.weights), arrival(.inputs, tile.inputs), end(tile.sums), end(tile.room),
        ]
        switch ends.firstIndex(of: ends.max()!)! {
        case 0: stalls.weights += gap
        case 1: stalls.inputs += gap
        case 2: stalls.sums += gap
        default: stalls.outputs += gap
        }
    }
}
