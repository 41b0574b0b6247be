/// A decoded value together with where it was set, so that later checks can cite the place.
///
/// A value that could not be decoded is a placeholder (`isValid` is false): its error is already noted, and the
/// reader's `finish()` throws, so a placeholder never leaves the decoding of its file.
public struct Field<Value> {
    public let value: Value
    public let mark: Mark
    /// The dotted path of the key: `pim.bank.rows`.
    public let path: String
    public let isValid: Bool

    init(_ value: Value, mark: Mark, path: String, isValid: Bool = true) {
        self.value = value
        self.mark = mark
        self.path = path
        self.isValid = isValid
    }

    /// The last part of the path.
    public var name: String {
        String(path[(path.lastIndex(of: ".").map { path.index(after: $0) } ?? path.startIndex)...])
    }

    /// The same place with a value derived from this one.
    public func map<Result>(_ transform: (Value) -> Result) -> Field<Result> {
        Field<Result>(transform(value), mark: mark, path: path, isValid: isValid)
    }
}

extension Field: Sendable where Value: Sendable {}
