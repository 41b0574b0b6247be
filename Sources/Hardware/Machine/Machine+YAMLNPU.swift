import Quantities
import YAMLTree

extension NPU {
    /// Decodes the section `npu`.
    static func decode(_ reader: Reader) -> NPU {
        let clock = reader.key("clock").frequency(atLeast: .megahertz(1), atMost: .gigahertz(100))
        let arraysReader = reader.key("systolic_arrays").mapping()
        let rows = arraysReader.key("rows").int(in: 1...4096)
        let columns = arraysReader.key("columns").int(in: 1...4096)
        let arrays = SystolicArrays(
            count: arraysReader.key("count").int(in: 1...4096).value, rows: rows.value, columns: columns.value,
            stationary: arraysReader.key("stationary").choice(StationaryOperand.self).value,
            fill: arraysReader.key("fill").choice(ArrayFill.self).value)
        let vector = VectorUnits.decode(reader.key("vector_units").mapping())
        let scratchpad = reader.key("scratchpad").size(atLeast: Bytes(1), atMost: .gibibytes(64))
        if rows.isValid, columns.isValid { requireTwoTiles(reader, scratchpad, rows, columns) }
        return NPU(
            clock: clock.value, arrays: arrays, vector: vector, scratchpadBytes: Int(scratchpad.value.count),
            requestLatency: cycles(reader.key("request_latency"), atLeast: 0),
            responseLatency: cycles(reader.key("response_latency"), atLeast: 0),
            operatorStartLatency: cycles(reader.key("operator_start_latency"), atLeast: 0))
    }

    /// A tile is at least one array's stationary operand with the block that streams past it and their result; one is
    /// loaded while another is computed.
    private static func requireTwoTiles(
        _ reader: Reader, _ scratchpad: Field<Bytes>, _ rows: Field<Int>, _ columns: Field<Int>
    ) {
        let block = Bytes(2 * Int64(rows.value) * Int64(columns.value))
        let needed = block * 6
        reader.require(
            scratchpad.value >= needed, scratchpad,
            "must hold two tiles of three blocks of rows x columns fp16 values (\(needed)), with", rows)
    }

    /// A number of cycles up to a million.
    static func cycles(_ element: Element, atLeast lower: Int64) -> Int {
        Int(element.cycles(atLeast: Cycles(lower), atMost: Cycles(1_000_000)).value.count)
    }
}

extension VectorUnits {
    /// Decodes the section `npu.vector_units`.
    static func decode(_ reader: Reader) -> VectorUnits {
        let latency = reader.key("latency").mapping()
        func cycles(_ name: String) -> Int { NPU.cycles(latency.key(name), atLeast: 1) }
        return VectorUnits(
            units: reader.key("units").int(in: 1...4096).value, lanes: reader.key("lanes").int(in: 1...65536).value,
            latency: VectorLatencies(
                add: cycles("add"), multiply: cycles("multiply"), exponential: cycles("exponential"),
                gelu: cycles("gelu"), silu: cycles("silu"), reduceStep: cycles("reduce_step"),
                scalarRoot: cycles("scalar_root")),
            isFinite: reader.key("finite").bool().value)
    }
}
