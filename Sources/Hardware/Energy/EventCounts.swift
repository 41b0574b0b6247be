/// How often each event happened: a vector of integers, so that sums do not depend on their order.
public struct EventCounts: Sendable, Equatable {
    private var values = [Int](repeating: 0, count: EnergyEvent.allCases.count)

    /// No events.
    public init() {}

    public subscript(event: EnergyEvent) -> Int {
        get { values[event.rawValue] }
        set {
            precondition(newValue >= 0, "events cannot be counted below zero")
            values[event.rawValue] = newValue
        }
    }

    public static func + (left: EventCounts, right: EventCounts) -> EventCounts {
        var sum = left
        sum += right
        return sum
    }

    public static func += (left: inout EventCounts, right: EventCounts) {
        for index in left.values.indices { left.values[index] += right.values[index] }
    }

    /// The events of `times` equal pieces of work.
    public static func * (left: EventCounts, times: Int) -> EventCounts {
        precondition(times >= 0, "work cannot be done \(times) times")
        var product = left
        for index in product.values.indices { product.values[index] *= times }
        return product
    }
}

extension EventCounts: CustomStringConvertible {
    /// The events that happened, in order: `4 x row activation, 512 x read bit`.
    public var description: String {
        EnergyEvent.allCases.filter { self[$0] > 0 }.map { "\(self[$0]) x \($0.name)" }.joined(separator: ", ")
    }
}
