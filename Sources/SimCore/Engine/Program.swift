/// Work for a machine: nodes with dependencies, in the order in which equal claims on a unit are served.
///
/// A node starts when all nodes it waits for have ended. Built once by the caller, run by `Engine`; holds no time.
public struct Program: Sendable {
    /// What a node does.
    public enum Work: Sendable {
        /// Ends at once: gathers dependencies.
        case join
        /// Ends after a number of NPU cycles: communication, hand-over.
        case delay(cycles: Int)
        /// Occupies one vector unit for a number of NPU cycles.
        case vector(cycles: Int)
        /// Moves bursts between the scratchpad and DRAM: a range of `transfers`.
        case transfer(first: Int, count: Int, isWrite: Bool)
        /// A product on the systolic arrays: index into `products`.
        case product(Int)
        /// A piece of a channel's PIM work: index into `pimPieces`. Ends as soon as it is handed over.
        case pim(Int)
        /// Ends when a number of PIM results have arrived that name this node.
        case results(count: Int)
    }

    public struct Node: Sendable {
        public var work: Work
        /// The operator that the node's time, bytes and work are reported under.
        public var operatorIndex: Int32
    }

    /// Consecutive bursts: of the machine's address space, or of one channel.
    public struct Transfer: Sendable {
        public var base: Int
        public var bursts: Int
        /// `nil`: `base` counts bursts of the whole memory, interleaved over the channels.
        public var channel: Int?

        public init(base: Int, bursts: Int, channel: Int? = nil) {
            self.base = base
            self.bursts = bursts
            self.channel = channel
        }
    }

    /// One product on the systolic arrays: operand blocks from DRAM, and the tile operations that use them.
    public struct Product: Sendable {
        /// Range of `blocks`.
        public var firstBlock: Int
        public var blockCount: Int
        /// Range of `tileOperations`.
        public var firstOperation: Int
        public var operationCount: Int
        /// Its blocks do not depend on other nodes (weights, caches): they may be fetched ahead.
        public var mayPrefetch: Bool
    }

    /// An operand block that a product needs in the scratchpad.
    public struct Block: Sendable {
        public var transfer: Transfer
        public var bytes: Int
        /// Weights: the same bytes for every program that names the same first burst.
        public var isWeights: Bool

        public init(transfer: Transfer, bytes: Int, isWeights: Bool = false) {
            self.transfer = transfer
            self.bytes = bytes
            self.isWeights = isWeights
        }
    }

    /// One stationary tile (or one more stream through it) on one array.
    public struct TileOperation: Sendable {
        /// Blocks that must be there: positions in the product's block range; -1: on chip already.
        public var blockA: Int32
        public var blockB: Int32
        public var array: Int16
        /// Brings a new stationary tile in.
        public var loadsTile: Bool
        /// Vectors that stream through the tile.
        public var stream: Int32

        public init(blockA: Int32, blockB: Int32, array: Int16, loadsTile: Bool, stream: Int32) {
            self.blockA = blockA
            self.blockB = blockB
            self.array = array
            self.loadsTile = loadsTile
            self.stream = stream
        }
    }

    /// PIM operations for one channel, handed over together.
    public struct PIMPiece: Sendable {
        public var channel: Int
        public var operations: [PIMOperation]
        /// NPU cycles after its start at which the first operation is handed over, and between operations.
        public var issueOffset: Int
        public var issueInterval: Int

        public init(channel: Int, operations: [PIMOperation], issueOffset: Int, issueInterval: Int) {
            self.channel = channel
            self.operations = operations
            self.issueOffset = issueOffset
            self.issueInterval = issueInterval
        }
    }

    public internal(set) var nodes: [Node] = []
    public internal(set) var dependencyCount: [Int32] = []
    public internal(set) var successors: [[Int32]] = []
    public internal(set) var transfers: [Transfer] = []
    public internal(set) var products: [Product] = []
    public internal(set) var blocks: [Block] = []
    public internal(set) var tileOperations: [TileOperation] = []
    public internal(set) var pimPieces: [PIMPiece] = []

    public init() {}

    /// Adds a node that waits for `dependencies`; returns its number.
    @discardableResult
    public mutating func add(_ work: Work, operatorIndex: Int, after dependencies: [Int] = []) -> Int {
        let node = nodes.count
        nodes.append(Node(work: work, operatorIndex: Int32(operatorIndex)))
        dependencyCount.append(Int32(dependencies.count))
        successors.append([])
        for dependency in dependencies {
            precondition(dependency < node, "a node waits only for nodes before it")
            successors[dependency].append(Int32(node))
        }
        return node
    }

    /// Adds a node that reads or writes `moved`.
    public mutating func addTransfer(
        _ moved: [Transfer], isWrite: Bool, operatorIndex: Int, after dependencies: [Int]
    ) -> Int {
        let work = Work.transfer(first: transfers.count, count: moved.count, isWrite: isWrite)
        transfers.append(contentsOf: moved)
        return add(work, operatorIndex: operatorIndex, after: dependencies)
    }

    /// Adds a product with its blocks and tile operations.
    public mutating func addProduct(
        blocks added: [Block], operations: [TileOperation], mayPrefetch: Bool, operatorIndex: Int,
        after dependencies: [Int]
    ) -> Int {
        products.append(
            Product(
                firstBlock: blocks.count, blockCount: added.count, firstOperation: tileOperations.count,
                operationCount: operations.count, mayPrefetch: mayPrefetch))
        blocks.append(contentsOf: added)
        tileOperations.append(contentsOf: operations)
        return add(.product(products.count - 1), operatorIndex: operatorIndex, after: dependencies)
    }

    /// Adds PIM work; its results name the nodes that await them.
    public mutating func addPIM(_ piece: PIMPiece, operatorIndex: Int, after dependencies: [Int]) -> Int {
        pimPieces.append(piece)
        return add(.pim(pimPieces.count - 1), operatorIndex: operatorIndex, after: dependencies)
    }

    /// Gives a PIM piece its operations, which may name nodes added after it.
    public mutating func setOperations(_ operations: [PIMOperation], ofPIMNode node: Int) {
        guard case .pim(let piece) = nodes[node].work else { preconditionFailure("node \(node) is no PIM node") }
        pimPieces[piece].operations = operations
    }
}
