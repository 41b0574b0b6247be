/// Products on the systolic arrays: fetching operand blocks, placing tile operations.
extension Engine {
    mutating func startProduct(_ node: Int, of run: Int) {
        let position = runs[run]!.positionOfNode[node]!
        runs[run]!.productStart[position] = now
        fetchBlocks(run)
        placeOperations()
    }

    /// Requests blocks in order while there is room for them.
    mutating func fetchBlocks(_ run: Int) {
        while runs[run]!.fetching < runs[run]!.productNodes.count {
            let position = runs[run]!.fetching
            let next = runs[run]!.product(at: position)
            let isStarted = runs[run]!.productStart[position] != ProgramRun.notStarted
            guard isStarted || (usesDependencies && next.mayPrefetch) else { return }
            while runs[run]!.nextBlock < next.blockCount {
                let index = next.firstBlock + runs[run]!.nextBlock
                let block = runs[run]!.program.blocks[index]
                guard take(block, index, of: run, position: position, isPrefetch: !isStarted) else { return }
                runs[run]!.nextBlock += 1
            }
            runs[run]!.fetching += 1
            runs[run]!.nextBlock = 0
        }
    }

    /// Takes room for a block, and requests it unless it is there for another program already.
    private mutating func take(
        _ block: Program.Block, _ index: Int, of run: Int, position: Int, isPrefetch: Bool
    ) -> Bool {
        if block.isWeights {
            switch operands.take(weights: block.transfer.base, block.bytes, slot: run, block: index) {
            case .noRoom: return false
            case .fetch: break
            case .held(let arrival):
                runs[run]!.noteKept(block.bytes, position: position)
                if let arrival {
                    runs[run]!.arrival[index] = arrival
                    placeOperations()
                }
                return true
            }
        } else if !operands.take(block.bytes, slot: run) {
            return false
        }
        let receiver = Receiver(run: run, index: runs[run]!.program.nodes.count + index)
        runs[run]!.partsLeft[index] += Int32(
            send(block.transfer, isWrite: false, to: receiver, isPrefetch: isPrefetch))
        return true
    }

    /// Notes that a block has arrived, also for the other programs that waited for the same weights.
    mutating func noteArrival(of block: Int, in run: Int) {
        runs[run]!.arrival[block] = now
        if runs[run]!.program.blocks[block].isWeights {
            let address = runs[run]!.program.blocks[block].transfer.base
            for waiting in operands.note(arrivalOf: address, at: now) {
                runs[waiting.run]!.arrival[waiting.block] = now
            }
        }
        placeOperations()
    }

    mutating func noteBlock(_ block: Int, of run: Int, _ cycle: Int) {
        runs[run]!.partsLeft[block] -= 1
        runs[run]!.lastPart[block] = max(runs[run]!.lastPart[block], cycle)
        if runs[run]!.partsLeft[block] == 0 {
            let arrival = clocks.npuTick(ofMemory: runs[run]!.lastPart[block]) + npu.responseLatency
            schedule(.blockArrives, run, block, at: arrival)
        }
    }

    /// Places the tile operations whose operands are there: product after product, in each in order.
    mutating func placeOperations() {
        while let run = servedRun ?? nextServedRun {
            servedRun = run
            let position = runs[run]!.placing
            let current = runs[run]!.product(at: position)
            while runs[run]!.nextOperation < current.operationCount {
                let tile = runs[run]!.program.tileOperations[current.firstOperation + runs[run]!.nextOperation]
                guard runs[run]!.isThere(tile.blockA, of: current, at: now),
                    runs[run]!.isThere(tile.blockB, of: current, at: now)
                else { return }
                let placed = pipeline.place(
                    array: Int(tile.array), loadsTile: tile.loadsTile, stream: Int(tile.stream), at: now)
                npuBusy.add(placed.start, placed.end)
                arraysBusy.add(placed.start, placed.end)
                runs[run]!.lastEnd = max(runs[run]!.lastEnd, placed.end)
                release(tile.blockA, of: current, run, at: placed.end)
                release(tile.blockB, of: current, run, at: placed.end)
                runs[run]!.nextOperation += 1
            }
            schedule(.nodeEnds, run, runs[run]!.productNodes[position], at: max(runs[run]!.lastEnd, now))
            runs[run]!.placing += 1
            runs[run]!.nextOperation = 0
            runs[run]!.lastEnd = 0
            servedRun = nil
        }
    }

    /// The run whose next product could start first.
    private var nextServedRun: Int? {
        var best: (start: Int, run: Int)?
        for run in runs.indices {
            guard let start = runs[run]?.nextProductStart else { continue }
            if best == nil || start < best!.start { best = (start, run) }
        }
        return best?.run
    }

    /// After its last use a block's space can be fetched into again.
    private mutating func release(_ block: Int32, of product: Program.Product, _ run: Int, at cycle: Int) {
        guard block >= 0 else { return }
        let index = product.firstBlock + Int(block)
        runs[run]!.usesLeft[index] -= 1
        if runs[run]!.usesLeft[index] == 0 { schedule(.blockLeaves, run, index, at: cycle) }
    }

    mutating func leave(_ block: Int, of run: Int) {
        guard runs[run] != nil else { return }
        let left = runs[run]!.program.blocks[block]
        operands.release(left.bytes, slot: run, weights: left.isWeights ? left.transfer.base : nil)
        fetchBlocks(run)
        // What one program gives back others may have waited for.
        for other in runs.indices where other != run && runs[other] != nil { fetchBlocks(other) }
    }
}
