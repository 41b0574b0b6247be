import Hardware
import SimCore

/// Waits until what a layer wrote is in the DRAM.
///
/// A channel takes a write as done once it is buffered, and its queues hold megabytes. What follows a layer would pay
/// for them; so a layer ends when no channel buffers more than it leaves in its buffer while idle
/// (`ControllerProfile.idleDrainThreshold`).
enum WriteDrain {
    /// Lets time pass on an engine without programs. A step is no longer than the fullest channel's data bus needs.
    static func run(_ engine: inout Engine, _ machine: Machine) {
        let memory = machine.memory
        let perBurst =
            Double(memory.organization.burstBytes) / memory.busBytesPerTick * Double(machine.npu.clock.count)
            / memory.tick.approximateHertz
        var idleSteps = 0
        var before = Int.max
        // Some steps may pass without a write: a refresh, or a row being opened.
        while idleSteps < 1000 {
            engine.settle()
            let fullest = engine.channels.reduce(0) { max($0, $1.bufferedWrites) }
            let waiting = fullest - memory.controller.idleDrainThreshold
            guard waiting > 0 else { return }
            idleSteps = fullest < before ? 0 : idleSteps + 1
            before = fullest
            var pause = Program()
            pause.add(.delay(cycles: max(4, Int(Double(waiting) * perBurst))), operatorIndex: 0)
            _ = engine.run(pause, operators: 1)
        }
    }
}
