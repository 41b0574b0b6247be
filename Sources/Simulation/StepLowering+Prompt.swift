import Hardware
import Quantities
import SimCore
import Workload

/// Attention of prompts, that is of requests with more than one new token, on the systolic arrays.
///
/// The new keys and values are written to the caches in runs of tokens. Those that earlier steps left there are read once,
/// and so are the new ones if keys and values of the request do not fit into half of the scratchpad; each tile of keys
/// (head size × tokens) and of values (tokens × head size) is then loaded into an array once from the scratchpad. Through
/// it stream the queries of the new tokens that may see its first key, so tiles that lie above the diagonal take no time
/// while the halves of those on it do. Scores and weights stay in the scratchpad: a tile of keys needs those of its own
/// tokens only. Logits of one key head run beside softmax and weighted sum of the one before it.
extension StepLowering {
    /// Attention of all requests of the program: prompts on the arrays, decoding where the machine does it.
    mutating func lowerBatchAttention(after before: [Int]) -> Int {
        let all = entries
        let prompts = all.filter { $0.newTokens > 1 }
        guard !prompts.isEmpty else { return lowerAttention(after: before) }
        var ends = [lowerPrompts(prompts, after: before)]
        entries = all.filter { $0.newTokens == 1 }
        if !entries.isEmpty {
            let start = machine.execution.order == .serial ? ends : before
            ends.append(lowerAttention(after: start))
        }
        entries = all
        return program.add(.join, operatorIndex: handOver, after: ends)
    }

    private mutating func lowerPrompts(_ prompts: [Entry], after before: [Int]) -> Int {
        let pairs = prompts.reduce(0) { $0 + $1.attendedPairs }
        let macs = shard.heads * shard.model.headSize * pairs
        let records = PromptRecords(
            logit: record(.logit, .systolic, macs: macs), softmax: record(.softmax, .vector),
            attend: record(.attend, .systolic, macs: macs))
        operators[records.softmax].vectorElements = shard.heads * pairs
        let start = started(before)
        let ends = prompts.map { lowerPrompt($0, records, after: start) }
        return program.add(.join, operatorIndex: records.attend, after: ends)
    }

    private mutating func lowerPrompt(_ entry: Entry, _ records: PromptRecords, after before: [Int]) -> Int {
        let keys = cacheTransfers(entry, first: entry.context - entry.newTokens, isValue: false, isWrite: true)
        let values = cacheTransfers(entry, first: entry.context - entry.newTokens, isValue: true, isWrite: true)
        var ends: [Int] = []
        var ready = before
        if !keys.isEmpty {
            let written = moved(keys + values, isWrite: true, under: records.logit, after: before)
            ends.append(written)
            ready = [written]
        }
        var inputs: [Int] = []
        let cacheBytes = 2 * entry.context * shard.keyWidth * MemoryLayout.elementBytes
        let held = cacheBytes <= machine.npu.scratchpadBytes / 2
        let readTokens = held ? entry.context - entry.newTokens : entry.context
        if readTokens > 0 {
            // What was just written is read back only after the write.
            let after = held ? before : ready
            for (isValue, index) in [(false, records.logit), (true, records.attend)] {
                let reads = cacheTransfers(
                    entry, first: 0, count: readTokens, isValue: isValue, isWrite: false)
                inputs.append(moved(reads, isWrite: false, under: index, after: after))
            }
        }
        let activations = entry.newTokens * shard.queryWidth * MemoryLayout.elementBytes
        let keepsActivations =
            machine.execution.activations == .onChip && 2 * activations <= machine.npu.scratchpadBytes / 2
        if !keepsActivations {
            inputs.append(
                moved([layout.activations(activations)], isWrite: false, under: records.logit, after: before))
        }
        let done = lowerPromptHeads(entry, records, after: before + inputs)
        if keepsActivations {
            ends += done
        } else {
            ends.append(moved([layout.activations(activations)], isWrite: true, under: records.attend, after: done))
        }
        return program.add(.join, operatorIndex: records.attend, after: ends)
    }

    private mutating func lowerPromptHeads(_ entry: Entry, _ records: PromptRecords, after before: [Int]) -> [Int] {
        let group = shard.heads / shard.kvHeads
        let first = entry.context - entry.newTokens
        let cycles = (first..<entry.context).reduce(0) {
            $0 + group * cost.cycles(.softmax, model: shard.model, elements: $1 + 1)
        }
        let units = min(machine.npu.vector.units, group * entry.newTokens)
        var ends: [Int] = []
        var waiting: [Int]?
        for _ in 0..<shard.kvHeads {
            let logit = promptProduct(entry, isValue: false, records.logit, after: before)
            let scores = (0..<units).map { _ in
                program.add(
                    .vector(cycles: (cycles + units - 1) / units), operatorIndex: records.softmax, after: [logit])
            }
            if let waiting { ends.append(promptProduct(entry, isValue: true, records.attend, after: waiting)) }
            waiting = scores
        }
        if let waiting { ends.append(promptProduct(entry, isValue: true, records.attend, after: waiting)) }
        return ends
    }

    /// The product of one key head: the tiles that some new token sees, with the streams that see them.
    private mutating func promptProduct(_ entry: Entry, isValue: Bool, _ index: Int, after before: [Int]) -> Int {
        let arrays = machine.npu.arrays
        let group = shard.heads / shard.kvHeads
        let head = shard.model.headSize
        // Keys stand along the width of a tile of the logits, along the depth of one of the weighted sums.
        let (tokens, other) = isValue ? (arrays.rows, arrays.columns) : (arrays.columns, arrays.rows)
        var operations: [Program.TileOperation] = []
        for firstKey in stride(from: 0, to: entry.context, by: tokens) {
            let seeing = min(entry.newTokens, entry.context - firstKey)
            for _ in stride(from: 0, to: head, by: other) {
                operations.append(
                    Program.TileOperation(
                        blockA: -1, blockB: -1, array: Int16(operations.count % arrays.count), loadsTile: true,
                        stream: Int32(group * seeing)))
            }
        }
        let width = isValue ? head : entry.context
        let depth = isValue ? entry.context : head
        scratchpadUse(
            (depth * width + group * entry.newTokens * (depth + width)) * MemoryLayout.elementBytes, under: index)
        // Without blocks of its own it does not hold up the fetching of those of later products.
        return program.addProduct(
            blocks: [], operations: operations, mayPrefetch: true, operatorIndex: index, after: before)
    }

    private mutating func moved(
        _ transfers: [Program.Transfer], isWrite: Bool, under index: Int, after before: [Int]
    ) -> Int {
        let counted = transfers.map { count($0, isWrite: isWrite, under: index) }
        return program.addTransfer(counted, isWrite: isWrite, operatorIndex: index, after: before)
    }

    // MARK: The caches

    /// Runs of tokens of a request's keys or values; up to its last token if no count is given.
    private mutating func cacheTransfers(
        _ entry: Entry, first: Int, count: Int? = nil, isValue: Bool, isWrite: Bool
    ) -> [Program.Transfer] {
        let end = first + (count ?? entry.context - first)
        guard let pim = machine.memory.pim else {
            return spreadTransfers(entry, first..<end, isValue: isValue)
        }
        if isWrite && pim.valueAppend == .none { return [] }
        return isValue
            ? valueTransfers(entry, first..<end, wholeBursts: isWrite && pim.valueAppend == .staged)
            : keyTransfers(entry, first..<end)
    }

    /// A run for each page of caches that are spread over the channels.
    private mutating func spreadTransfers(
        _ entry: Entry, _ tokens: Range<Int>, isValue: Bool
    ) -> [Program.Transfer] {
        let tokenBytes = shard.keyWidth * MemoryLayout.elementBytes
        var transfers: [Program.Transfer] = []
        var token = tokens.lowerBound
        while token < tokens.upperBound {
            let first = token % layout.pageTokens
            let count = min(layout.pageTokens - first, tokens.upperBound - token)
            transfers.append(
                layout.spreadCache(
                    request: entry.index, layer: layer ?? 0, isValue: isValue, token: token,
                    offset: first * tokenBytes, bytes: count * tokenBytes))
            token += count
        }
        return transfers
    }

    /// A row segment for each token and run of heads.
    private func keyTransfers(_ entry: Entry, _ tokens: Range<Int>) -> [Program.Transfer] {
        tokens.flatMap { token in
            (0..<layout.keyChunks).map { chunk in
                let heads = min(layout.headsPerRow, shard.kvHeads - chunk * layout.headsPerRow)
                let row = layout.keyRow(
                    request: entry.index, layer: layer ?? 0, tile: token / layout.banks, chunk: chunk)
                return layout.rowTransfer(
                    channel: entry.channel, bank: token % layout.banks, row: row, column: 0,
                    bytes: heads * shard.model.headSize * MemoryLayout.elementBytes)
            }
        }
    }

    /// A run of tokens in the row of each dimension. Staged values are written in whole bursts; the tokens of the last,
    /// unfinished one wait for decode steps to fill it.
    private func valueTransfers(_ entry: Entry, _ tokens: Range<Int>, wholeBursts: Bool) -> [Program.Transfer] {
        let perBurst = machine.memory.organization.burstBytes / MemoryLayout.elementBytes
        let first = tokens.lowerBound / perBurst
        let end = (wholeBursts ? tokens.upperBound : tokens.upperBound + perBurst - 1) / perBurst
        guard end > first else { return [] }
        let perRow = max(1, layout.rowElements / perBurst)
        var transfers: [Program.Transfer] = []
        for head in 0..<shard.kvHeads {
            for dimension in 0..<shard.model.headSize {
                var burst = first
                while burst < end {
                    let chunk = burst / perRow
                    let stop = min(end, (chunk + 1) * perRow)
                    let row = layout.valueRow(
                        request: entry.index, layer: layer ?? 0, head: head, tile: dimension / layout.banks,
                        chunk: chunk)
                    transfers.append(
                        layout.rowTransfer(
                            channel: entry.channel, bank: dimension % layout.banks, row: row, column: burst % perRow,
                            bytes: (stop - burst) * machine.memory.organization.burstBytes))
                    burst = stop
                }
            }
        }
        return transfers
    }
}

/// The records of the prompts' attention in a program.
private struct PromptRecords {
    let logit: Int
    let softmax: Int
    let attend: Int
}
