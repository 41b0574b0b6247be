/// Products on the systolic arrays: fetching operand blocks, placing tile operations.
extension Engine {
    mutating func beginProducts() {
        products = ProductQueue(budget: products.budget)
        blockParts = [Int32](repeating: 0, count: program.blocks.count)
        blockLast = [Int](repeating: 0, count: program.blocks.count)
        products.usesLeft = [Int32](repeating: 0, count: program.blocks.count)
        positionOfNode = [:]
        for node in program.nodes.indices {
            guard case .product(let index) = program.nodes[node].work else { continue }
            positionOfNode[node] = products.order.count
            products.order.append(node)
            let product = program.products[index]
            for operation in product.firstOperation..<product.firstOperation + product.operationCount {
                let tile = program.tileOperations[operation]
                if tile.blockA >= 0 { products.usesLeft[product.firstBlock + Int(tile.blockA)] += 1 }
                if tile.blockB >= 0 { products.usesLeft[product.firstBlock + Int(tile.blockB)] += 1 }
            }
        }
        products.isStarted = [Bool](repeating: false, count: products.order.count)
        if usesDependencies { schedule(.fetchAhead, 0, at: now) }
    }

    private func product(at position: Int) -> Program.Product {
        guard case .product(let index) = program.nodes[products.order[position]].work else {
            preconditionFailure("only products are in the product queue")
        }
        return program.products[index]
    }

    mutating func startProduct(_ node: Int) {
        products.isStarted[positionOfNode[node]!] = true
        fetchBlocks()
        placeOperations()
    }

    /// Requests blocks in order while there is room for them.
    mutating func fetchBlocks() {
        while products.fetching < products.order.count {
            let next = product(at: products.fetching)
            let mayFetch = products.isStarted[products.fetching] || (usesDependencies && next.mayPrefetch)
            guard mayFetch else { return }
            while products.nextBlock < next.blockCount {
                let index = next.firstBlock + products.nextBlock
                let bytes = program.blocks[index].bytes
                if products.bytesUnderWay > 0 && products.bytesUnderWay + bytes > products.budget { return }
                products.bytesUnderWay += bytes
                products.nextBlock += 1
                blockParts[index] = Int32(
                    send(program.blocks[index].transfer, isWrite: false, to: program.nodes.count + index))
            }
            products.fetching += 1
            products.nextBlock = 0
        }
    }

    mutating func noteBlock(_ block: Int, _ cycle: Int) {
        blockParts[block] -= 1
        blockLast[block] = max(blockLast[block], cycle)
        if blockParts[block] == 0 {
            schedule(.blockArrives, block, at: clocks.npuTick(ofMemory: blockLast[block]) + npu.responseLatency)
        }
    }

    /// Places the tile operations whose operands are there, in order.
    mutating func placeOperations() {
        while products.placing < products.order.count, products.isStarted[products.placing] {
            let current = product(at: products.placing)
            while products.nextOperation < current.operationCount {
                let tile = program.tileOperations[current.firstOperation + products.nextOperation]
                guard isThere(tile.blockA, current), isThere(tile.blockB, current) else { return }
                let placed = pipeline.place(
                    array: Int(tile.array), loadsTile: tile.loadsTile, stream: Int(tile.stream), at: now)
                npuBusy.add(placed.start, placed.end)
                products.lastEnd = max(products.lastEnd, placed.end)
                release(tile.blockA, current, at: placed.end)
                release(tile.blockB, current, at: placed.end)
                products.nextOperation += 1
            }
            schedule(.nodeEnds, products.order[products.placing], at: max(products.lastEnd, now))
            products.placing += 1
            products.nextOperation = 0
            products.lastEnd = 0
        }
    }

    private func isThere(_ block: Int32, _ product: Program.Product) -> Bool {
        block < 0 || arrival[product.firstBlock + Int(block)] <= now
    }

    /// After its last use a block's space can be fetched into again.
    private mutating func release(_ block: Int32, _ product: Program.Product, at cycle: Int) {
        guard block >= 0 else { return }
        let index = product.firstBlock + Int(block)
        products.usesLeft[index] -= 1
        if products.usesLeft[index] == 0 { schedule(.blockLeaves, index, at: cycle) }
    }

    mutating func leave(_ block: Int) {
        products.bytesUnderWay -= program.blocks[block].bytes
        fetchBlocks()
    }
}
