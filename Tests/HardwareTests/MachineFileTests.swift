import Foundation
import Hardware
import Quantities
import Testing
import YAMLTree

/// The folder of the shipped machines.
let shippedMachines = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("HardwareConfigs").path

func shipped(_ name: String, _ overrides: String...) throws -> Machine {
    let overrides = try overrides.map { try Override(assignment: $0) }
    return try Machine.load(path: "\(shippedMachines)/\(name).yaml", overrides: overrides)
}

@Suite struct MachineFileTests {
    @Test func everyShippedMachineLoadsUnderItsName() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: shippedMachines)
            .filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }.sorted()
        let documented = [
            "attacc", "hbm3-pim", "lpddr5x-pim", "neupims", "neupims-artifact", "npu-only", "npu-only-artifact",
            "npu-pim-artifact", "npu-pim-artifact-serial-issue", "npu-pim-blocked",
        ]
        #expect(Set(documented).isSubset(of: files))
        for name in files { #expect(try shipped(name).name == name) }
    }

    /// Each line of a shipped machine that carries a number or a choice says in a comment where it is from, or the
    /// comment above it does.
    @Test func everyValueOfAShippedMachineHasItsSource() throws {
        for file in try FileManager.default.contentsOfDirectory(atPath: shippedMachines) where file.hasSuffix(".yaml") {
            let lines = try String(contentsOfFile: "\(shippedMachines)/\(file)", encoding: .utf8).split(
                separator: "\n", omittingEmptySubsequences: false)
            for (above, line) in zip(lines, lines.dropFirst()) {
                let parts = line.split(separator: ":", maxSplits: 1)
                guard !line.hasPrefix("#"), parts.count == 2, !line.hasPrefix("name:") else { continue }
                let isSourced = line.contains("#") || above.drop { $0 == " " }.hasPrefix("#")
                #expect(isSourced, "\(file): \(line)")
            }
        }
    }

    @Test func thePhysicalMachinesDifferInTheirPIMOnly() throws {
        let (neupims, blocked, only) = try (shipped("neupims"), shipped("npu-pim-blocked"), shipped("npu-only"))
        for machine in [neupims, blocked, only] {
            #expect(machine.npu.vector.isFinite && machine.npu.arrays == neupims.npu.arrays)
            #expect(machine.npu.arrays.stationary == .weights && machine.npu.arrays.fill == .overlapped)
            #expect(machine.npu.scratchpadBytes == 128 << 20 && machine.link == neupims.link)
            #expect(machine.memory.timing == DRAMIntervals(.hbm2x128))
            #expect(machine.memory.organization == neupims.memory.organization)
            #expect(machine.execution.addresses == .allocated && machine.execution.order == .dependencies)
        }
        let pim = try #require(neupims.memory.pim)
        #expect(pim.timing.rowBuffers == 2 && pim.compositeCommands && pim.operandBufferBytes == 1024)
        #expect(pim.timing.close == .afterDotProducts && pim.timing.activation == .sharedWindow)
        #expect(neupims.memory.controller.pim == PIMController())
        #expect(blocked.memory.pim?.timing.rowBuffers == 1 && only.memory.pim == nil)
        #expect(only.execution.attention == .npu)
        #expect(neupims.link.bytesPerSecond == 3e11 && neupims.link.latencySeconds == 600e-9)
    }

    @Test func theArtifactMachinesHaveThePublishedSimulatorsChoices() throws {
        let neupims = try shipped("neupims-artifact")
        let (parallel, serial) = try (shipped("npu-pim-artifact"), shipped("npu-pim-artifact-serial-issue"))
        for machine in [neupims, parallel, serial, try shipped("npu-only-artifact")] {
            #expect(machine.npu.arrays.stationary == .activations && !machine.npu.vector.isFinite)
            #expect(machine.npu.scratchpadBytes == 134_218 * 1024 && machine.link.bytesPerSecond == nil)
            #expect(machine.execution.activations == .publishedSimulator && machine.execution.order == .serial)
            #expect(machine.memory.controller.commandQueueDepth == 128 && !machine.memory.controller.splitCommandBus)
            #expect(machine.memory.controller.requestsPerCycle == 2 && machine.memory.addressOrder.last == "ch")
        }
        var changed = try #require(parallel.memory.pim)
        #expect(changed.issue == .perChannel && !changed.compositeCommands && changed.timing.rowBuffers == 1)
        changed.issue = .oneForAllChannels
        #expect(serial.memory.pim == changed)
        let pim = try #require(neupims.memory.pim)
        #expect(pim.timing.close == .afterIssue && pim.timing.result == .afterIssue && pim.valueAppend == .none)
        let queues = PIMController(refreshFit: .published, separatePort: false, waitsForWrites: false)
        #expect(neupims.memory.controller.pim == queues && serial.memory.controller.pim == queues)
    }

    @Test func overridesReplaceValuesBeforeDecoding() throws {
        let machine = try shipped(
            "neupims", "memory.pim=null", "execution.attention=npu", "memory.timing={tRFC: 350 ns}", "npu.clock=2 GHz")
        #expect(machine.memory.pim == nil && machine.memory.timing.nRFC == 350 && machine.npu.clock == .gigahertz(2))
    }

    @Test func refusedOverridesAreAllReported() {
        var message = ""
        do { _ = try shipped("neupims", "npx.clock=2 GHz", "memory.pim.tDOT.x=1") } catch { message = "\(error)" }
        #expect(
            message == """
                override: error: cannot set 'npx.clock': there is no key 'npx'; did you mean 'npu'?
                override: error: cannot set 'memory.pim.tDOT.x': 'memory.pim.tDOT' is not a mapping
                """)
    }

    @Test func timesAreRoundedUpToCyclesOfTheMemoryClock() throws {
        let text = """
            {tBL: 2 cycles, tCL: 13.2 ns, tCWL: 4 cycles, tRCDRD: 14 ns, tRCDWR: 14 ns, tRP: 14 ns, tRAS: 33 ns,
             tCCDS: 1 cycle, tCCDL: 2 cycles, tRRDS: 4 ns, tRRDL: 6 ns, tFAW: 16 ns, tWTRS: 2.5 ns, tWTRL: 7.5 ns,
             tWR: 15 ns, tRTP: 7.5 ns, tRTRS: 0 cycles, tRFC: 350 ns, tREFI: 3.9 us}
            """
        let timing = try shipped("neupims", "memory.clock=1.6 GHz", "memory.timing=\(text)").memory.device.timing
        // 13.2 ns x 1.6 GHz = 21.12; 14 ns = 22.4; 2.5 ns = 4; 3.9 us = 6240.
        #expect(timing["nCL"] == 22 && timing["nRCDRD"] == 23 && timing["nWTRS"] == 4 && timing["nREFI"] == 6240)
        #expect(timing["nCWL"] == 4 && timing["nRTRS"] == 0)
    }
}
