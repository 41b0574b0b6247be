import Quantities
import YAMLTree

extension OffloadMachine {
    /// Reads a machine file.
    ///
    /// - Throws: every mistake of the file with its place.
    public static func load(path: String) throws(DiagnosticList) -> OffloadMachine {
        try decode(try Node.parse(path: path))
    }

    /// Decodes a machine from its tree; throws as `load(path:)`.
    public static func decode(_ root: Node) throws(DiagnosticList) -> OffloadMachine {
        let reader = Reader(root)
        let name = reader.key("name").string()
        let compute = decodeCompute(reader.key("compute").mapping())
        let memory = decodeMemory(reader.key("memory").mapping())
        let storage = StorageDevice.decode(reader.key("storage").mapping())
        let idle = reader.ifPresent("idle_power")?.power()
        try reader.finish()
        return OffloadMachine(
            name: name.value, compute: compute, memory: memory, storage: storage, idlePower: idle?.value)
    }

    private enum Kind: String, CaseIterable {
        case roofline
    }

    private static func decodeCompute(_ reader: Reader) -> RooflineUnit {
        _ = reader.key("kind").choice(Kind.self)
        let name = reader.key("name").string()
        let peak = reader.key("peak").operationRate()
        let efficiency = reader.key("efficiency").double(in: 0.001...1)
        let latency = reader.key("layer_latency").time()
        let element = reader.key("dequantization")
        let dequantization = element.isWord("fused") ? nil : element.bandwidth().value
        let power = reader.ifPresent("active_power")?.power()
        return RooflineUnit(
            name: name.value, peak: peak.value, efficiency: efficiency.value, layerLatency: latency.value,
            dequantization: dequantization, activePower: power?.value)
    }

    private static func decodeMemory(_ reader: Reader) -> WorkingMemory {
        let capacity = reader.key("capacity").size(atLeast: Bytes(1))
        let bandwidth = reader.key("bandwidth").bandwidth()
        let efficiency = reader.key("efficiency").double(in: 0.001...1)
        let energy = reader.ifPresent("energy")?.energyPerBit()
        return WorkingMemory(
            capacity: capacity.value, bandwidth: bandwidth.value, efficiency: efficiency.value, energy: energy?.value)
    }
}

extension StorageDevice {
    static func decode(_ reader: Reader) -> StorageDevice {
        let name = reader.key("name").string()
        let latency = reader.key("latency").time()
        let growth = reader.ifPresent("growth").map { element in
            let growth = element.mapping()
            return Growth(
                at4KiB: growth.key("at_4KiB").time().value,
                exponent: growth.key("exponent").double(in: 0.01...1).value)
        }
        let random = reader.key("random_bandwidth").bandwidth()
        let sequential = reader.key("sequential_bandwidth").bandwidth()
        let access = reader.key("access").choice(Access.self)
        let efficiency = reader.key("efficiency").double(in: 0.001...1)
        let block = reader.key("block").size(atLeast: Bytes(512), atMost: Bytes(1 << 40))
        let depth = reader.key("queue_depth").int(in: 1...4096)
        let gain = reader.ifPresent("queue_gain")?.double(in: 0.1...1)
        let energy = reader.ifPresent("energy")?.energyPerBit()
        let overhead = reader.ifPresent("overhead")?.time()
        reader.require(random.value <= sequential.value, random, "must be at most", sequential)
        return StorageDevice(
            name: name.value, latency: latency.value, growth: growth, randomBandwidth: random.value,
            sequentialBandwidth: sequential.value, access: access.value, efficiency: efficiency.value,
            blockSize: block.value, queueDepth: depth.value, gain: gain?.value ?? 1, energy: energy?.value,
            overhead: overhead?.value ?? .zero)
    }
}
