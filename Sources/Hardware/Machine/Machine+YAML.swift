import Quantities
import YAMLTree

extension Machine {
    /// Reads a machine file.
    ///
    /// - Parameter overrides: values that replace the file's before it is decoded, the last of a path winning.
    /// - Throws: every mistake of the file, or every override that does not apply.
    public static func load(path: String, overrides: [Override] = []) throws(DiagnosticList) -> Machine {
        try load(try SourceFile.read(path), overrides: overrides)
    }

    /// Reads a machine from a text that is already in memory; as `load(path:overrides:)`.
    public static func load(_ file: SourceFile, overrides: [Override] = []) throws(DiagnosticList) -> Machine {
        var root = try Node.parse(file)
        var refused: [Diagnostic] = []
        for override in overrides {
            do throws(DiagnosticList) {
                root = try root.applying(override)
            } catch {
                refused += error.diagnostics
            }
        }
        if !refused.isEmpty { throw DiagnosticList(refused) }
        return try decode(root)
    }

    /// Decodes a machine from the tree of its file.
    ///
    /// Nothing that changes a result has a default: what the file does not state comes from a preset that it names
    /// (`memory.device`, `memory.controller.profile`) or is reported as missing.
    public static func decode(_ root: Node) throws(DiagnosticList) -> Machine {
        let reader = Reader(root)
        let name = reader.key("name").string()
        let npu = NPU.decode(reader.key("npu").mapping())
        let memoryKey = reader.key("memory")
        let (memory, pim) = MemorySystem.decode(memoryKey.mapping())
        let link = Link.decode(reader.key("link"))
        let execution = Execution.decode(reader.key("execution").mapping(), pim: pim, memory: memoryKey)
        let energy = EnergyChoice.decode(reader.key("energy").mapping())
        try reader.finish()
        return Machine(
            name: name.value, npu: npu, memory: memory, link: link, execution: execution, energy: energy)
    }
}
