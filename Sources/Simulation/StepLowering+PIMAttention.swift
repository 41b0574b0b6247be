import Hardware
import Quantities
import SimCore
import Workload

/// Decode attention on the PIM units of each request's channel (NeuPIMs, sections 4 and 5).
extension StepLowering {
    mutating func lowerAttention(after before: [Int]) -> Int {
        let context = entries.map(\.context)
        let macs = shard.heads * shard.model.headSize * context.reduce(0, +)
        let usesPIM = machine.execution.attention == .pim
        let logit = record(.logit, usesPIM ? .pim : .systolic, macs: macs)
        let softmax = record(.softmax, .vector)
        let attend = record(.attend, usesPIM ? .pim : .systolic, macs: macs)
        operators[softmax].vectorElements = shard.heads * context.reduce(0, +)
        let start = started(before)
        if !usesPIM { return lowerNPUAttention(logit, softmax, attend, after: start) }
        let models = standIn.map { $0.models(of: entries) } ?? entries.map { _ in nil }
        var offset = 0
        var sums = [[Int]](repeating: [], count: entries.count)
        var scores = sums
        for index in issueOrder where models[index] == nil {
            sums[index] = lowerLogit(entries[index], logit, after: start, issueOffset: &offset)
            scores[index] = lowerWeights(entries[index], sums[index], softmax)
        }
        for (index, model) in models.enumerated() {
            if let model { scores[index] = lowerWeights(entries[index], sums[model], softmax) }
        }
        var attendStart: [Int]?
        if machine.execution.order == .serial {
            attendStart = started([program.add(.join, operatorIndex: logit, after: scores.flatMap { $0 })])
        }
        offset = 0
        requestEnds = [Int](repeating: 0, count: entries.count)
        for index in issueOrder where models[index] == nil {
            sums[index] = lowerAttend(entries[index], scores[index], attend, after: attendStart, issueOffset: &offset)
            requestEnds[index] = program.add(.join, operatorIndex: attend, after: sums[index])
        }
        for (index, model) in models.enumerated() {
            guard let model else { continue }
            requestEnds[index] = program.add(.join, operatorIndex: attend, after: sums[model] + scores[index])
        }
        return program.add(.join, operatorIndex: attend, after: requestEnds)
    }

    /// The requests in the order in which their PIM commands go out. A single stream for all channels goes from channel to
    /// channel, as the published scheduler makes up its batch (NeuPIMs f299af3, Scheduler::group_sub_batches): what the
    /// last channels have to do begins when all others have their commands.
    private var issueOrder: [Int] {
        guard units.issue == .oneForAllChannels else { return Array(entries.indices) }
        return entries.indices.sorted { (entries[$0].channel, $0) < (entries[$1].channel, $1) }
    }

    /// Dot-product commands for `elements` of a row in every bank: a slice for each multiplier, and where banks share a
    /// unit as often as there are banks to a unit.
    private func dotProducts(of elements: Int) -> Int {
        (elements + units.multipliersPerBank - 1) / units.multipliersPerBank * machine.memory.banksPerPIMUnit
    }

    /// The command that brings an operand into the buffer: from its row, or over the data bus.
    private func operandWrite(_ place: (bank: Int, row: Int), elements: Int) -> PIMOperation {
        guard units.operandSource == .dataBus else {
            return PIMOperation(.pimGwrite, row: Int32(place.row), bank: Int16(place.bank))
        }
        let slot = machine.memory.organization.burstBytes * machine.memory.device.dataBuses
        let bytes = elements * MemoryLayout.elementBytes
        return PIMOperation(.pimWrite, row: 0, dotProducts: Int16((bytes + slot - 1) / slot))
    }

    private var units: PIMUnits { machine.memory.pim! }
    private var groupSize: Int { shard.heads / shard.kvHeads }
    /// Operands that the global buffer holds side by side.
    private var operandsHeld: Int {
        min(groupSize, max(1, units.operandBufferBytes / machine.memory.organization.rowBytes))
    }

    /// Logits of one request: for each run of key heads that share rows, the query operands, then tile after tile.
    ///
    /// - Returns: for each query head, the node with which its logits are there.
    private mutating func lowerLogit(
        _ entry: Entry, _ index: Int, after before: [Int], issueOffset: inout Int
    ) -> [Int] {
        let operandBytes = layout.headsPerRow * shard.model.headSize * MemoryLayout.elementBytes
        var writes: [Program.Transfer] = keyAppend(entry, index)
        var places: [(bank: Int, row: Int)] = []
        for _ in 0..<layout.keyChunks * groupSize {
            places.append(operandPlace(entry, bytes: operandBytes, index, &writes))
        }
        var ready = before
        if !writes.isEmpty {
            ready = [program.addTransfer(writes, isWrite: true, operatorIndex: index, after: before)]
        }
        let piece = program.addPIM(
            Program.PIMPiece(channel: entry.channel, operations: [], issueOffset: issueOffset, issueInterval: interval),
            operatorIndex: index, after: ready)
        let tiles = layout.keyTiles(entry.context)
        let results = (0..<shard.heads).map { _ in
            program.add(.results(count: tiles), operatorIndex: index, after: ready)
        }
        let operations = logitOperations(entry, places: places, results: results)
        if units.issue == .oneForAllChannels { issueOffset += operations.count }
        program.setOperations(operations, ofPIMNode: piece)
        return results
    }

    /// Softmax of the logits of each query head.
    ///
    /// - Returns: for each of them, the node after which its weights are where attend needs them.
    private mutating func lowerWeights(_ entry: Entry, _ logits: [Int], _ softmaxIndex: Int) -> [Int] {
        let cycles = cost.cycles(.softmax, model: shard.model, elements: entry.context)
        return logits.map { result in
            let ready = inOrder(result, \.lastVector)
            let softmax = program.add(.vector(cycles: cycles), operatorIndex: softmaxIndex, after: [ready])
            guard units.operandSource == .rowZero else { return softmax }
            let bytes = entry.context * MemoryLayout.elementBytes
            let output = count(layout.activations(bytes), isWrite: true, under: softmaxIndex)
            let store = inOrder(softmax, \.lastStore)
            return program.addTransfer([output], isWrite: true, operatorIndex: softmaxIndex, after: [store])
        }
    }

    /// Serial operators run on an in-order core: instructions of a kind are issued in program order, one a cycle.
    private mutating func inOrder(_ node: Int, _ kind: WritableKeyPath<StepLowering, Int?>) -> Int {
        guard machine.execution.order == .serial else { return node }
        let issued = program.add(
            .join, operatorIndex: handOver, after: self[keyPath: kind].map { [node, $0] } ?? [node])
        self[keyPath: kind] = program.add(.delay(cycles: 1), operatorIndex: handOver, after: [issued])
        return issued
    }

    private var interval: Int { units.issue == .oneForAllChannels ? 1 : 0 }

    /// Where an operand lies; unless the machine reads it from row 0 whatever was written, it is written there first.
    private mutating func operandPlace(
        _ entry: Entry, bytes: Int, _ index: Int, _ writes: inout [Program.Transfer]
    ) -> (bank: Int, row: Int) {
        guard units.operandSource == .operandRows else { return (0, 0) }
        let place = layout.operandPlace(channel: entry.channel, bytes: bytes)
        writes.append(count(place.transfer, isWrite: true, under: index))
        return (place.bank, place.row)
    }

    private func logitOperations(
        _ entry: Entry, places: [(bank: Int, row: Int)], results: [Int]
    ) -> [PIMOperation] {
        var operations: [PIMOperation] = []
        let dots = dotProducts(of: shard.model.headSize)
        for chunk in 0..<layout.keyChunks {
            let firstHead = chunk * layout.headsPerRow
            let heads = firstHead..<min(firstHead + layout.headsPerRow, shard.kvHeads)
            for firstQuery in stride(from: 0, to: groupSize, by: operandsHeld) {
                let queries = firstQuery..<min(firstQuery + operandsHeld, groupSize)
                for query in queries {
                    let place = places[chunk * groupSize + query]
                    operations.append(operandWrite(place, elements: heads.count * shard.model.headSize))
                }
                let products = heads.count * queries.count
                for tile in 0..<layout.keyTiles(entry.context) {
                    let row = layout.keyRow(request: entry.index, layer: layer ?? 0, tile: tile, chunk: chunk)
                    appendHeader(row, dots: dots * products, results: products, &operations)
                    for query in queries {
                        for head in heads {
                            let isLast = query == queries.last && head == heads.last
                            let result = results[head * groupSize + query]
                            appendProduct(row, dots: dots, isLast: isLast, result: result, &operations)
                        }
                    }
                }
            }
        }
        return operations
    }

    /// Weighted sums of one request's values: for each value head and run of tokens the weights as operands, then
    /// tile after tile of dimensions.
    ///
    /// - Parameter start: `nil`: each head starts as soon as its weights are there.
    /// - Returns: for each query head, the node with which its sum is there.
    private mutating func lowerAttend(
        _ entry: Entry, _ scores: [Int], _ index: Int, after start: [Int]?, issueOffset: inout Int
    ) -> [Int] {
        let chunks = layout.valueChunks(entry.context)
        let partials = chunks * layout.valueTiles
        var ends: [Int] = []
        var writes = valueAppend(entry, index)
        for head in 0..<shard.kvHeads {
            let queries = head * groupSize..<(head + 1) * groupSize
            var places: [(bank: Int, row: Int)] = []
            for chunk in 0..<chunks {
                let tokens = min(layout.rowElements, entry.context - chunk * layout.rowElements)
                for _ in queries {
                    places.append(operandPlace(entry, bytes: tokens * MemoryLayout.elementBytes, index, &writes))
                }
            }
            var ready = start ?? queries.map { scores[$0] }
            if !writes.isEmpty {
                ready = [program.addTransfer(writes, isWrite: true, operatorIndex: index, after: ready)]
                writes = []
            }
            let piece = program.addPIM(
                Program.PIMPiece(
                    channel: entry.channel, operations: [], issueOffset: issueOffset, issueInterval: interval),
                operatorIndex: index, after: ready)
            let results = queries.map { _ in
                program.add(.results(count: partials), operatorIndex: index, after: ready)
            }
            let operations = attendOperations(entry, head: head, places: places, results: results)
            if units.issue == .oneForAllChannels { issueOffset += operations.count }
            program.setOperations(operations, ofPIMNode: piece)
            ends += results.map { gather($0, chunks: chunks, index) }
        }
        return ends
    }

    private func attendOperations(
        _ entry: Entry, head: Int, places: [(bank: Int, row: Int)], results: [Int]
    ) -> [PIMOperation] {
        var operations: [PIMOperation] = []
        for chunk in 0..<layout.valueChunks(entry.context) {
            let tokens = min(layout.rowElements, entry.context - chunk * layout.rowElements)
            let dots = dotProducts(of: tokens)
            for firstQuery in stride(from: 0, to: groupSize, by: operandsHeld) {
                let queries = firstQuery..<min(firstQuery + operandsHeld, groupSize)
                for query in queries {
                    let place = places[chunk * groupSize + query]
                    operations.append(operandWrite(place, elements: tokens))
                }
                for tile in 0..<layout.valueTiles {
                    let row = layout.valueRow(
                        request: entry.index, layer: layer ?? 0, head: head, tile: tile, chunk: chunk)
                    appendHeader(row, dots: dots * queries.count, results: queries.count, &operations)
                    for query in queries {
                        appendProduct(
                            row, dots: dots, isLast: query == queries.last, result: results[query], &operations)
                    }
                }
            }
        }
        return operations
    }

    private func appendHeader(_ row: Int, dots: Int, results: Int, _ operations: inout [PIMOperation]) {
        var announced = dots
        if machine.memory.controller.pim.refreshFit == .published {
            // The published header carries the binary logarithm.
            announced = 1
            while announced < dots { announced *= 2 }
        }
        operations.append(
            PIMOperation(
                .pimHeader, row: Int32(row), dotProducts: Int16(clamping: announced), results: Int16(results)))
    }

    private func appendProduct(
        _ row: Int, dots: Int, isLast: Bool, result: Int, _ operations: inout [PIMOperation]
    ) {
        let row = Int32(row)
        if units.compositeCommands {
            operations.append(
                PIMOperation(
                    .pimGemv, row: row, dotProducts: Int16(dots), isLast: isLast, transfer: Int32(result)))
            return
        }
        for _ in 0..<dots { operations.append(PIMOperation(.pimDotProduct, row: row, dotProducts: 1)) }
        operations.append(PIMOperation(.pimRdResult, row: row, isLast: isLast, transfer: Int32(result)))
    }

    /// Adds up the partial sums of the runs of tokens; the published simulator writes the result only then.
    private mutating func gather(_ result: Int, chunks: Int, _ index: Int) -> Int {
        guard chunks > 1 else { return result }
        let elements = shard.model.headSize * (chunks - 1)
        let cycles = cost.cycles(.combine, model: shard.model, elements: elements)
        operators[index].vectorElements += elements
        let ready = inOrder(result, \.lastVector)
        let sum = program.add(.vector(cycles: cycles), operatorIndex: index, after: [ready])
        guard machine.execution.activations == .publishedSimulator else { return sum }
        let bytes = shard.model.headSize * MemoryLayout.elementBytes
        let writes = (0..<layout.valueTiles).map { _ in count(layout.activations(bytes), isWrite: true, under: index) }
        let store = inOrder(sum, \.lastStore)
        return program.addTransfer(writes, isWrite: true, operatorIndex: index, after: [store])
    }
}
