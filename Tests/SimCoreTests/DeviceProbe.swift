import Hardware

@testable import SimCore

/// A device seen through its timing alone: when may a command start, is it refused now, start it.
struct DeviceProbe {
    let organization: DRAMOrganization
    private(set) var timing: TimingState

    init(_ organization: DRAMOrganization, rules: [TimingRule]) {
        self.organization = organization
        timing = TimingState(CompiledTiming(organization: organization, rules: rules))
    }

    init(_ device: TestDevice) { self.init(device.organization, rules: device.rules) }

    /// First cycle in which the command may start; for ACT the activation window counts too.
    func earliest(_ command: DRAMCommand, bank: Int = 0) -> Int {
        let cycle = timing.earliest(command, bank: bank)
        guard command == .act else { return cycle }
        return max(cycle, timing.activationRoom(rank: organization.node(ofBank: bank, on: .rank), for: 1))
    }

    /// Whether the command would be taken at `cycle`; changes nothing.
    func probe(_ command: DRAMCommand, bank: Int = 0, at cycle: Int) -> Bool { earliest(command, bank: bank) <= cycle }

    mutating func issue(_ command: DRAMCommand, bank: Int = 0, at cycle: Int, dotProducts: Int = 0) {
        timing.issue(command, bank: bank, at: cycle, dotProducts: dotProducts)
        if command == .act || command == .act1 {
            timing.activate(rank: organization.node(ofBank: bank, on: .rank), at: cycle, count: 1)
        }
    }
}
