import Hardware
import SimCore

/// Measures a machine's memory with the model that runs on it.
enum MemoryProbe {
    /// Latency of one burst and the rate of a long read, from an idle memory, and how late a read ends that another
    /// follows: the most of reads that take 1/8 to 4 us.
    ///
    /// The long read takes about 50 us at the peak rate, many refresh intervals.
    static func measure(_ machine: Machine) -> MemoryFigures {
        let burst = machine.memory.organization.burstBytes
        let peak = machine.memory.peakBytesPerSecond / Double(machine.npu.clock.count)
        func bursts(_ seconds: Double) -> Int {
            let bytes = min(Int(machine.memory.peakBytesPerSecond * seconds), machine.memory.capacityBytes / 2)
            return max(1, bytes / burst)
        }
        let long = bursts(50e-6)
        let cycles = readCycles([long], on: machine)
        let overtaking = [0.125, 0.25, 0.5, 1, 2, 4].map { microseconds in
            let short = bursts(microseconds * 1e-6)
            return readCycles([short, short], on: machine) - readCycles([short], on: machine)
        }
        return MemoryFigures(
            streamBytesPerCycle: Double(long * burst) / Double(cycles), peakBytesPerCycle: peak,
            latency: readCycles([1], on: machine), overtaking: max(0, overtaking.max()!))
    }

    /// NPU cycles until the first of some reads of consecutive addresses has ended, all asked for at once of an idle
    /// memory.
    static func readCycles(_ bursts: [Int], on machine: Machine) -> Int {
        var engine = Engine(machine: machine)
        var program = Program()
        var base = 0
        for (index, count) in bursts.enumerated() {
            let transfer = Program.Transfer(base: base, bursts: count)
            _ = program.addTransfer([transfer], isWrite: false, operatorIndex: index, after: [])
            base += count
        }
        return engine.run(program, operators: bursts.count)[0].end
    }
}
