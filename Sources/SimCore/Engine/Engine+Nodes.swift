/// Starting and ending the nodes of programs.
extension Engine {
    mutating func begin(_ run: ProgramRun, _ slot: Int) {
        runs[slot] = run
        if usesDependencies { schedule(.fetchAhead, slot, 0, at: now) }
        for node in run.program.nodes.indices where run.waitingFor[node] == 0 {
            schedule(.nodeStarts, slot, node, at: now)
        }
        if run.program.nodes.isEmpty { ended.append(slot) }
    }

    mutating func handle(_ event: Event) {
        switch event.kind {
        case .nodeStarts: start(event.index, of: event.run)
        case .nodeEnds: end(event.index, of: event.run)
        case .blockArrives:
            noteArrival(of: event.index, in: event.run)
        case .blockLeaves: leave(event.index, of: event.run)
        case .fetchAhead: fetchBlocks(event.run)
        }
    }

    private mutating func start(_ node: Int, of run: Int) {
        let work = runs[run]!.program.nodes[node].work
        let index = Int(runs[run]!.program.nodes[node].operatorIndex)
        if case .join = work {
        } else {
            runs[run]!.times[index].start = min(runs[run]!.times[index].start, now)
        }
        switch work {
        case .join: end(node, of: run)
        case .delay(let cycles): schedule(.nodeEnds, run, node, at: now + cycles)
        case .vector(let cycles): startVector(node, of: run, cycles)
        case .transfer(let first, let count, let isWrite):
            var parts = 0
            let receiver = Receiver(run: run, index: node)
            for index in first..<first + count {
                parts += send(runs[run]!.program.transfers[index], isWrite: isWrite, to: receiver)
            }
            runs[run]!.answersLeft[node] += Int32(parts)
            if parts == 0 { end(node, of: run) }
        case .product: startProduct(node, of: run)
        case .pim(let piece): handOver(runs[run]!.program.pimPieces[piece], node, of: run)
        case .results: if runs[run]!.answersLeft[node] == 0 { end(node, of: run) }
        }
    }

    mutating func end(_ node: Int, of run: Int) {
        let index = Int(runs[run]!.program.nodes[node].operatorIndex)
        if case .join = runs[run]!.program.nodes[node].work {
        } else {
            runs[run]!.times[index].end = max(runs[run]!.times[index].end, now)
        }
        runs[run]!.unfinished -= 1
        if runs[run]!.unfinished == 0 { ended.append(run) }
        for position in runs[run]!.program.successors[node].indices {
            let next = Int(runs[run]!.program.successors[node][position])
            runs[run]!.waitingFor[next] -= 1
            if runs[run]!.waitingFor[next] == 0 { start(next, of: run) }
        }
    }

    /// The vector unit that is free first takes the work; units work through their queues in order.
    private mutating func startVector(_ node: Int, of run: Int, _ cycles: Int) {
        var begin = now
        if npu.vector.isFinite {
            var unit = 0
            for other in vectorFree.indices where vectorFree[other] < vectorFree[unit] { unit = other }
            begin = max(now, vectorFree[unit])
            vectorFree[unit] = begin + cycles
        }
        npuBusy.add(begin, begin + cycles)
        vectorsBusy.add(begin, begin + cycles)
        schedule(.nodeEnds, run, node, at: begin + cycles)
    }

    private mutating func handOver(_ piece: Program.PIMPiece, _ node: Int, of run: Int) {
        var operations = piece.operations
        for index in operations.indices where operations[index].transfer >= 0 {
            operations[index].transfer = Receiver(run: run, index: Int(operations[index].transfer)).code
        }
        let first = clocks.memoryTick(ofNPU: now + piece.issueOffset + npu.requestLatency)
        isolate(piece.channel)
        channels[groups.leader(of: piece.channel)].enqueue(
            pim: operations, arrival: first, interval: clocks.memoryTick(ofNPU: piece.issueInterval))
        end(node, of: run)
    }

    /// Takes note of a channel's answer; the node or block it belongs to hears of it after the response latency.
    mutating func note(_ completion: Completion) {
        let receiver = Receiver(code: completion.transfer)
        let run = receiver.run
        let nodes = runs[run]!.program.nodes.count
        if receiver.index >= nodes {
            noteBlock(receiver.index - nodes, of: run, completion.cycle)
            return
        }
        let node = receiver.index
        runs[run]!.answersLeft[node] -= 1
        runs[run]!.lastAnswer[node] = max(runs[run]!.lastAnswer[node], completion.cycle)
        if runs[run]!.answersLeft[node] == 0 {
            let cycle = clocks.npuTick(ofMemory: runs[run]!.lastAnswer[node]) + npu.responseLatency
            schedule(.nodeEnds, run, node, at: cycle)
        }
    }
}
