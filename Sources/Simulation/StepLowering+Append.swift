import Hardware
import Quantities
import SimCore
import Workload

/// Storing the new token's key and value in the caches of a channel.
extension StepLowering {
    /// The new key is one row segment per run of heads, all in the bank of its token.
    mutating func keyAppend(_ entry: Entry, _ index: Int) -> [Program.Transfer] {
        guard machine.memory.pim?.valueAppend != ValueAppend.none else { return [] }
        let token = entry.context - 1
        return (0..<layout.keyChunks).map { chunk in
            let heads = min(layout.headsPerRow, shard.kvHeads - chunk * layout.headsPerRow)
            let row = layout.keyRow(
                request: entry.index, layer: layer ?? 0, tile: token / layout.banks, chunk: chunk)
            let place = layout.rowTransfer(
                channel: entry.channel, bank: token % layout.banks, row: row, column: 0,
                bytes: heads * shard.model.headSize * MemoryLayout.elementBytes)
            return count(place, isWrite: true, under: index)
        }
    }

    /// The new value is one element in the row of each dimension. Staged, a burst of tokens is written to each row at
    /// once, when the last of them has come; direct, a burst is written for each element.
    mutating func valueAppend(_ entry: Entry, _ index: Int) -> [Program.Transfer] {
        guard let append = machine.memory.pim?.valueAppend, append != .none else { return [] }
        let token = entry.context - 1
        let perBurst = machine.memory.organization.burstBytes / MemoryLayout.elementBytes
        if append == .staged && token % perBurst != perBurst - 1 { return [] }
        var writes: [Program.Transfer] = []
        for head in 0..<shard.kvHeads {
            for dimension in 0..<shard.model.headSize {
                let row = layout.valueRow(
                    request: entry.index, layer: layer ?? 0, head: head, tile: dimension / layout.banks,
                    chunk: token / layout.rowElements)
                let place = layout.rowTransfer(
                    channel: entry.channel, bank: dimension % layout.banks, row: row,
                    column: token % layout.rowElements / perBurst, bytes: MemoryLayout.elementBytes)
                writes.append(count(place, isWrite: true, under: index))
            }
        }
        return writes
    }
}
