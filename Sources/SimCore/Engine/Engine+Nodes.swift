/// Starting and ending the nodes of a program.
extension Engine {
    mutating func begin(_ program: Program, operators: Int) {
        self.program = program
        waitingFor = program.dependencyCount
        answersLeft = [Int32](repeating: 0, count: program.nodes.count)
        lastAnswer = [Int](repeating: 0, count: program.nodes.count)
        arrival = [Int](repeating: Int.max, count: program.blocks.count)
        times = [OperatorTime](repeating: OperatorTime(), count: operators)
        unfinished = program.nodes.count
        beginProducts()
        for node in program.nodes.indices {
            if case .results(let count) = program.nodes[node].work { answersLeft[node] = Int32(count) }
        }
        for node in program.nodes.indices where waitingFor[node] == 0 { schedule(.nodeStarts, node, at: now) }
    }

    mutating func handle(_ event: Event) {
        switch event.kind {
        case .nodeStarts: start(event.index)
        case .nodeEnds: end(event.index)
        case .blockArrives:
            arrival[event.index] = event.cycle
            placeOperations()
        case .blockLeaves: leave(event.index)
        case .fetchAhead: fetchBlocks()
        }
    }

    private mutating func start(_ node: Int) {
        let index = Int(program.nodes[node].operatorIndex)
        if case .join = program.nodes[node].work {} else { times[index].start = min(times[index].start, now) }
        switch program.nodes[node].work {
        case .join: end(node)
        case .delay(let cycles): schedule(.nodeEnds, node, at: now + cycles)
        case .vector(let cycles): startVector(node, cycles)
        case .transfer(let first, let count, let isWrite):
            var parts = 0
            for index in first..<first + count { parts += send(program.transfers[index], isWrite: isWrite, to: node) }
            answersLeft[node] = Int32(parts)
            if parts == 0 { end(node) }
        case .product: startProduct(node)
        case .pim(let piece): handOver(program.pimPieces[piece], node)
        case .results: if answersLeft[node] == 0 { end(node) }
        }
    }

    mutating func end(_ node: Int) {
        let index = Int(program.nodes[node].operatorIndex)
        if case .join = program.nodes[node].work {} else { times[index].end = max(times[index].end, now) }
        unfinished -= 1
        for position in program.successors[node].indices {
            let next = Int(program.successors[node][position])
            waitingFor[next] -= 1
            if waitingFor[next] == 0 { start(next) }
        }
    }

    /// The vector unit that is free first takes the work; units work through their queues in order.
    private mutating func startVector(_ node: Int, _ cycles: Int) {
        var begin = now
        if npu.vector.isFinite {
            var unit = 0
            for other in vectorFree.indices where vectorFree[other] < vectorFree[unit] { unit = other }
            begin = max(now, vectorFree[unit])
            vectorFree[unit] = begin + cycles
        }
        npuBusy.add(begin, begin + cycles)
        schedule(.nodeEnds, node, at: begin + cycles)
    }

    private mutating func handOver(_ piece: Program.PIMPiece, _ node: Int) {
        let first = clocks.memoryTick(ofNPU: now + piece.issueOffset + npu.requestLatency)
        channels[piece.channel].enqueue(
            pim: piece.operations, arrival: first, interval: clocks.memoryTick(ofNPU: piece.issueInterval))
        end(node)
    }

    /// Sends a transfer to its channels; returns in how many parts.
    mutating func send(_ transfer: Program.Transfer, isWrite: Bool, to receiver: Int) -> Int {
        let arrival = clocks.memoryTick(ofNPU: now + npu.requestLatency)
        if let channel = transfer.channel {
            channels[channel].enqueue(
                base: transfer.base, count: transfer.bursts, isWrite: isWrite, transfer: Int32(receiver),
                arrival: arrival)
            return 1
        }
        var parts = 0
        for channel in channels.indices {
            let part = interleave.part(base: transfer.base, count: transfer.bursts, in: channel)
            guard part.count > 0 else { continue }
            channels[channel].enqueue(
                base: part.base, count: part.count, isWrite: isWrite, transfer: Int32(receiver), arrival: arrival)
            parts += 1
        }
        return parts
    }

    /// Takes note of a channel's answer; the node or block it belongs to hears of it after the response latency.
    mutating func note(_ completion: Completion) {
        let receiver = Int(completion.transfer)
        let isBlock = receiver >= program.nodes.count
        if isBlock {
            noteBlock(receiver - program.nodes.count, completion.cycle)
            return
        }
        answersLeft[receiver] -= 1
        lastAnswer[receiver] = max(lastAnswer[receiver], completion.cycle)
        if answersLeft[receiver] == 0 {
            schedule(.nodeEnds, receiver, at: clocks.npuTick(ofMemory: lastAnswer[receiver]) + npu.responseLatency)
        }
    }
}
