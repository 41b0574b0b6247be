import Foundation
import Offload
import YAMLTree

/// A point's device, workload and options, decoded.
struct OffloadChoices {
    /// Nil for counting without a clock.
    let machine: Field<String>?
    let model: Field<String>
    let source: Source
    let tokens: Int?
    let options: OffloadOptions

    /// Where the routes come from.
    enum Source {
        case routes(Field<String>)
        case trace(Field<String>)

        var field: Field<String> {
            switch self {
            case .routes(let field), .trace(let field): field
            }
        }

        /// The file without its folder and endings.
        var name: String {
            var name = URL(fileURLWithPath: field.value).lastPathComponent
            for ending in [".gz", ".csv", ".trace"] where name.hasSuffix(ending) { name.removeLast(ending.count) }
            return name
        }
    }

    /// - Parameter root: `machine`, `workload` and `options`.
    /// - Throws: every mistake among the values and keys of `workload` and `options`.
    init(_ root: Node) throws(DiagnosticList) {
        let reader = Reader(root)
        machine = reader.ifPresent("machine")?.string()
        let workload = reader.key("workload").mapping()
        model = workload.key("model").string()
        let trace = workload.ifPresent("trace")?.string()
        let routes = trace == nil ? workload.key("routes").string() : workload.ifPresent("routes")?.string()
        if let trace, let routes {
            reader.report(
                "'routes' beside 'trace', set at \(trace.mark): one of both says what is used", at: routes.mark)
        }
        tokens = workload.ifPresent("tokens")?.int(in: 1...1 << 40).value
        let section = reader.key("options").mapping()
        var texts: [OffloadOptions.Key: OffloadOptions.Text] = [:]
        for key in OffloadOptions.Key.allCases {
            guard let field = section.ifPresent(key.rawValue)?.string() else { continue }
            texts[key] = OffloadOptions.Text(field.value, at: field.mark)
        }
        let place = root["options"]?.mark ?? root.mark
        var mistakes: [Diagnostic] = []
        var decoded: OffloadOptions?
        do throws(DiagnosticList) {
            decoded = try OffloadOptions(texts, absent: { _ in place }, kind: .badData)
        } catch {
            mistakes = error.diagnostics
        }
        do throws(DiagnosticList) {
            try reader.finish()
        } catch {
            mistakes = error.diagnostics + mistakes
        }
        guard mistakes.isEmpty, let decoded else { throw DiagnosticList(mistakes) }
        options = decoded
        source = trace.map { .trace($0) } ?? .routes(routes!)
    }
}
