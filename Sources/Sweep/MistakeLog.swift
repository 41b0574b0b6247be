import YAMLTree

/// Mistakes so far; all of them are shown together.
struct MistakeLog {
    private var mistakes: [Diagnostic] = []

    var isEmpty: Bool { mistakes.isEmpty }
    var list: DiagnosticList { DiagnosticList(mistakes) }

    mutating func note(_ mistake: Diagnostic) { mistakes.append(mistake) }

    /// The value of a step, or nil with its mistakes noted.
    @discardableResult
    mutating func noting<Value>(_ step: () throws(DiagnosticList) -> Value) -> Value? {
        do throws(DiagnosticList) {
            return try step()
        } catch {
            mistakes += error.diagnostics
            return nil
        }
    }

    func finish() throws(DiagnosticList) {
        if !mistakes.isEmpty { throw list }
    }
}
