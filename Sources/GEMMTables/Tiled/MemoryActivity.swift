import Hardware
import SimCore

/// What all channels together did up to a moment.
struct MemoryActivity {
    private var commands = [Int](repeating: 0, count: DRAMCommand.allCases.count)
    private var openCycles = 0
    private var cycles = 0

    /// - Precondition: the engine has settled, or done nothing yet.
    init(_ engine: Engine) {
        cycles = engine.memoryCycles * engine.channels.count
        for channel in engine.channels {
            let statistics = channel.settledStatistics(at: engine.memoryCycles)
            for (index, count) in statistics.commands.enumerated() { commands[index] += count }
            openCycles += statistics.activeCycles.reduce(0, +)
        }
    }

    func since(_ earlier: MemoryActivity) -> MemoryActivity {
        var difference = self
        for index in commands.indices { difference.commands[index] -= earlier.commands[index] }
        difference.openCycles -= earlier.openCycles
        difference.cycles -= earlier.cycles
        return difference
    }

    private func count(_ command: DRAMCommand) -> Int { commands[Int(command.rawValue)] }

    func readBytes(_ memory: MemorySystem) -> Int { count(.rd) * memory.organization.burstBytes }
    func writtenBytes(_ memory: MemorySystem) -> Int { count(.wr) * memory.organization.burstBytes }

    /// Activations, data, refresh and standby, by the machine's memory table.
    func picojoules(_ machine: Machine) -> Double {
        let events = EventCounts(
            ChannelActivity(
                commands: commands, dotProducts: 0, openCycles: [openCycles], pimOpenCycles: [], cycles: cycles),
            of: machine.memory)
        return 1e12 * machine.bill(events).totalJoules
    }

    func describe(_ execution: inout GEMMExecution, _ memory: MemorySystem) {
        let time = Double(max(1, cycles))
        let bursts = count(.rd) + count(.wr)
        execution.busUtilization =
            Double(bursts * memory.organization.burstBytes) / memory.busBytesPerTick / time
        let ranks = Double(count(.refab) * memory.timing.nRFC) / Double(memory.organization.ranks)
        let banks = Double(count(.refpb) * memory.timing.nRFCpb) / Double(memory.organization.banks)
        execution.refreshShare = (ranks + banks) / time
        execution.burstsPerActivation = Double(bursts) / Double(max(1, count(.act)))
    }
}
