/// How far a program has come that runs on an engine.
///
/// Products are worked off in program order. Their blocks are fetched in that order too, ahead of use as far as the
/// run's share of the `OperandSpace` allows; a block's space is free again when the operation that last used it has ended.
/// A product larger than the share is fetched as space frees up, so it is tiled by itself.
struct ProgramRun: Sendable {
    var program: Program
    /// Dependencies that each node still waits for.
    var waitingFor: [Int32]
    /// Answers of channels that each node still waits for, and the memory cycle of the last one.
    var answersLeft: [Int32]
    var lastAnswer: [Int]
    var unfinished: Int
    var times: [OperatorTime]

    // Blocks.
    /// NPU cycle in which each block was there.
    var arrival: [Int]
    var partsLeft: [Int32]
    var lastPart: [Int]
    var usesLeft: [Int32]

    // Products, in program order.
    var productNodes: [Int] = []
    /// NPU cycle in which each product's dependencies were fulfilled; `notStarted` before.
    var productStart: [Int] = []
    var positionOfNode: [Int: Int] = [:]
    /// The product whose blocks are being fetched, and the next block of it.
    var fetching = 0
    var nextBlock = 0
    /// The product whose operations are being placed, and the next operation of it.
    var placing = 0
    var nextOperation = 0
    var lastEnd = 0

    static let notStarted = Int.max

    init(_ program: Program, operators: Int) {
        self.program = program
        waitingFor = program.dependencyCount
        answersLeft = [Int32](repeating: 0, count: program.nodes.count)
        lastAnswer = [Int](repeating: 0, count: program.nodes.count)
        unfinished = program.nodes.count
        times = [OperatorTime](repeating: OperatorTime(), count: operators)
        arrival = [Int](repeating: Int.max, count: program.blocks.count)
        partsLeft = [Int32](repeating: 0, count: program.blocks.count)
        lastPart = [Int](repeating: 0, count: program.blocks.count)
        usesLeft = [Int32](repeating: 0, count: program.blocks.count)
        for node in program.nodes.indices {
            switch program.nodes[node].work {
            case .results(let count): answersLeft[node] = Int32(count)
            case .product(let index):
                positionOfNode[node] = productNodes.count
                productNodes.append(node)
                countUses(program.products[index])
            default: break
            }
        }
        productStart = [Int](repeating: Self.notStarted, count: productNodes.count)
    }

    private mutating func countUses(_ product: Program.Product) {
        for operation in product.firstOperation..<product.firstOperation + product.operationCount {
            let tile = program.tileOperations[operation]
            if tile.blockA >= 0 { usesLeft[product.firstBlock + Int(tile.blockA)] += 1 }
            if tile.blockB >= 0 { usesLeft[product.firstBlock + Int(tile.blockB)] += 1 }
        }
    }

    func product(at position: Int) -> Program.Product {
        guard case .product(let index) = program.nodes[productNodes[position]].work else {
            preconditionFailure("only products are in the product queue")
        }
        return program.products[index]
    }

    /// Notes that the operator of a product found weights in the scratchpad.
    mutating func noteKept(_ bytes: Int, position: Int) {
        times[Int(program.nodes[productNodes[position]].operatorIndex)].keptBytes += bytes
    }

    /// Start of the next product in order, if its dependencies are fulfilled.
    var nextProductStart: Int? {
        guard placing < productNodes.count, productStart[placing] != Self.notStarted else { return nil }
        return productStart[placing]
    }

    func isThere(_ block: Int32, of product: Program.Product, at cycle: Int) -> Bool {
        block < 0 || arrival[product.firstBlock + Int(block)] <= cycle
    }
}

/// Names the node or the operand block of a run that a channel answers to.
///
/// Two bits for the run, then the node, or the number of nodes plus the block.
struct Receiver: Sendable {
    static let runs = 4
    private static let shift: Int32 = 28

    var run: Int
    var index: Int

    init(run: Int, index: Int) {
        precondition(index < 1 << Self.shift, "a program has at most \(1 << Self.shift) nodes and blocks")
        self.run = run
        self.index = index
    }

    init(code: Int32) {
        run = Int(code >> Self.shift)
        index = Int(code & (1 << Self.shift - 1))
    }

    var code: Int32 { Int32(run) << Self.shift | Int32(index) }
}
