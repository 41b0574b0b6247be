import Reporting

/// Numbers on the page: whole ones as they are, others with about four digits.
enum Shown {
    static func number(_ value: Double) -> String {
        guard value == 0 || (1e-9..<1e15).contains(value.magnitude) else { return Tick.text(value) }
        return value == value.rounded() ? Figure.count(Int(value)) : Figure.number(value)
    }
}
