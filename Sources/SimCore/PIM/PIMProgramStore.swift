/// The PIM operations that were sent to a channel and have not reached its queues yet.
struct PIMProgramStore: Sendable {
    private var operations: [PIMOperation] = []
    private var offset = 0
    private var taken = 0

    /// Adds operations and returns the index of the first.
    mutating func append(_ added: [PIMOperation]) -> Int {
        let base = offset + operations.count
        operations.append(contentsOf: added)
        return base
    }

    /// Takes an operation out; each is taken once, in any order within what was added.
    mutating func take(_ index: Int) -> PIMOperation {
        let operation = operations[index - offset]
        taken += 1
        if taken == operations.count {
            offset += operations.count
            operations.removeAll(keepingCapacity: true)
            taken = 0
        }
        return operation
    }
}
