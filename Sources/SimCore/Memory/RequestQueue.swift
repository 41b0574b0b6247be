/// A read or write of one burst on its way through a channel.
struct BurstRequest: Sendable {
    /// Burst index within the channel.
    var burst: Int
    /// Cycle in which the controller accepted it.
    var accepted: Int
    /// The segment whose completion it counts towards.
    var segment: Int32
    var row: Int32
    var bank: Int16
    var isWrite: Bool

    static let none = BurstRequest(burst: 0, accepted: 0, segment: 0, row: 0, bank: 0, isWrite: false)
}

/// A first-in-first-out queue of fixed capacity whose elements can also leave from the middle.
struct RequestQueue: Sendable {
    private var slots: [BurstRequest]
    private let mask: Int
    private var head = 0
    private(set) var count = 0
    let capacity: Int

    init(capacity: Int) {
        self.capacity = capacity
        var size = 1
        while size < capacity { size *= 2 }
        slots = [BurstRequest](repeating: .none, count: size)
        mask = size - 1
    }

    var isEmpty: Bool { count == 0 }
    var isFull: Bool { count == capacity }

    subscript(position: Int) -> BurstRequest { slots[(head + position) & mask] }

    mutating func append(_ request: BurstRequest) {
        precondition(count < capacity, "a full queue takes no request")
        slots[(head + count) & mask] = request
        count += 1
    }

    /// Takes out the element at `position`; the ones before it move up by one.
    mutating func remove(at position: Int) -> BurstRequest {
        let request = slots[(head + position) & mask]
        var index = position
        while index > 0 {
            slots[(head + index) & mask] = slots[(head + index - 1) & mask]
            index -= 1
        }
        head = (head + 1) & mask
        count -= 1
        return request
    }
}
