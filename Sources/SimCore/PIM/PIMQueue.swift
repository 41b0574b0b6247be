import Hardware

/// One PIM command on its way to the banks.
public struct PIMOperation: Sendable, Equatable {
    public var command: DRAMCommand
    /// Row of the operand (`PIM_GWRITE`) or of the GEMV.
    public var row: Int32
    /// Bank whose memory row buffer holds the operand; `PIM_GWRITE` only.
    public var bank: Int16
    /// Dot-products: of this command (`PIM_GEMV`), or announced (`PIM_HEADER`).
    public var dotProducts: Int16
    /// Results announced by a header.
    public var results: Int16
    /// The last result of its header.
    public var isLast: Bool
    /// Completion that its result counts towards; negative when nobody waits for it.
    public var transfer: Int32

    public init(
        _ command: DRAMCommand, row: Int32, bank: Int16 = 0, dotProducts: Int16 = 0, results: Int16 = 0,
        isLast: Bool = false, transfer: Int32 = -1
    ) {
        self.command = command
        self.row = row
        self.bank = bank
        self.dotProducts = dotProducts
        self.results = results
        self.isLast = isLast
        self.transfer = transfer
    }
}

/// A first-in-first-out queue of PIM operations of fixed capacity.
struct PIMQueue: Sendable {
    private var slots: [PIMOperation]
    private var accepted: [Int]
    private let mask: Int
    private var first = 0
    private(set) var count = 0
    let capacity: Int

    init(capacity: Int) {
        self.capacity = capacity
        var size = 1
        while size < capacity { size *= 2 }
        slots = [PIMOperation](repeating: PIMOperation(.pimHeader, row: 0), count: size)
        accepted = [Int](repeating: 0, count: size)
        mask = size - 1
    }

    var isEmpty: Bool { count == 0 }
    var isFull: Bool { count >= capacity }
    var head: PIMOperation { slots[first] }
    /// Cycle in which the head was put in.
    var headAccepted: Int { accepted[first] }

    mutating func append(_ operation: PIMOperation, at cycle: Int = 0) {
        precondition(count < capacity, "a full queue takes no operation")
        slots[(first + count) & mask] = operation
        accepted[(first + count) & mask] = cycle
        count += 1
    }

    mutating func removeHead() -> PIMOperation {
        let operation = slots[first]
        first = (first + 1) & mask
        count -= 1
        return operation
    }
}
