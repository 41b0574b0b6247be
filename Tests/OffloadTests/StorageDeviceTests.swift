import Foundation
import Offload
import Quantities
import Testing
import Workload
import YAMLTree

@Suite struct StorageDeviceTests {
    /// 45 measured points of random reads: 4 KiB to 1 MiB, 1 to 32 in flight.
    @Test func theCurveFollowsTheMeasuredGrid() throws {
        var device = try edgeMachine("jetson-agx-orin").storage
        device.efficiency = 1
        let rows = try CSVTable(try SourceFile.read(fixture("nvme-read-grid.csv"))).records.dropFirst()
        var errors: [(error: Double, kibibytes: Int)] = []
        for row in rows.map({ $0.map(\.text) }) where row[0] == "rand" {
            let rate = device.throughput(bytes: Int(row[1])! << 10, inFlight: Int(row[2])!)
            errors.append((abs(rate / (Double(row[3])! * 1e6) - 1), Int(row[1])!))
        }
        #expect(errors.count == 45)
        #expect(errors.map(\.error).reduce(0, +) / 45 < 0.06)
        #expect(errors.map(\.error).max()! < 0.18)
        // The sizes that experts are read in.
        #expect(errors.filter { $0.kibibytes >= 256 }.map(\.error).max()! < 0.105)
    }

    @Test func moreInFlightIsNeverSlowerAndNeverAboveTheCap() throws {
        for name in try shippedMachines() {
            let device = try edgeMachine(name).storage
            for bytes in [4096, 65536, 1 << 20] {
                let rates = (1...32).map { device.throughput(bytes: bytes, inFlight: $0) }
                #expect(zip(rates, rates.dropFirst()).allSatisfy { $0 <= $1 } && rates[31] <= device.cap)
            }
        }
    }

    @Test func everyShippedMachineLoadsUnderItsName() throws {
        let names = try shippedMachines()
        #expect(names.count == 13)
        for name in names { #expect(try edgeMachine(name).name == name) }
    }

    private func shippedMachines() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: edgeMachines).filter { $0.hasSuffix(".yaml") }
            .map { String($0.dropLast(5)) }.sorted()
    }

    /// Up to 16 tokens, 128 experts of 9.4 MB in bf16. The card reads 1597 GB/s at most; a kernel costs 33 us on top;
    /// eight experts fit its 128 MB cache, and the benchmark runs the same ones again and again.
    @Test func measuredExpertKernelsFollowTheBytesOfTheirExperts() throws {
        let card = OffloadMachine(
            name: "rtx-pro-6000",
            compute: RooflineUnit(
                name: "RTX PRO 6000", peak: OperationsPerSecond(500_000_000_000_000), efficiency: 0.5,
                layerLatency: .microseconds(33),
                cache: .init(capacity: Bytes(128_000_000), bandwidth: BytesPerSecond(3_800_000_000_000))),
            memory: WorkingMemory(
                capacity: Bytes(96_000_000_000), bandwidth: BytesPerSecond(1_597_000_000_000), efficiency: 0.96),
            storage: try edgeMachine("a100-pcie4").storage)
        let model = try expertModel("qwen3-30b-a3b")
        let rows = try CSVTable(try SourceFile.read(fixture("qwen3-expert-kernels.csv"))).records.dropFirst()
        var checked = 0
        for row in rows.map({ $0.map(\.text) }) {
            let tokens = Int(row[0])!
            guard tokens <= 16 else { continue }
            let operations = 2 * Double(model.expertParameters * tokens * 8)
            let time = card.kernelTime(
                experts: Int(row[1])!, bytes: model.expertBytes(bitsPerWeight: 16), operations: operations,
                isRepeated: true)
            #expect(abs(time * 1e6 / Double(row[2])! - 1) < 0.1, "\(row)")
            checked += 1
        }
        #expect(checked == 15)
    }

    @Test func mistakesOfAMachineFileAreAllReported() {
        let text = """
            name: m
            compute: {kind: cycles, name: u, peak: 1 TOPS, efficiency: 1.5, layer_latency: 1 us, dequantization: fused}
            memory: {capacity: 8 GB, bandwidth: 10 GB/s, efficiency: 0.5}
            storage:
              name: d
              latency: 1 us
              random_bandwidth: 2 GB/s
              sequential_bandwidth: 1 GB/s
              acces: random
              efficiency: 1
              block: 64 KiB
              queue_depth: 0
            """
        var message = ""
        do {
            _ = try OffloadMachine.decode(try Node.parse(SourceFile(name: "m.yaml", text: text)))
        } catch {
            message = "\(error)"
        }
        #expect(
            message == """
                m.yaml:2:17: error: 'compute.kind' must be roofline, not 'cycles'
                m.yaml:2:40: error: 'compute.peak' is '1 TOPS', but the unit of a rate of operations is FLOP/s, MFLOP/s, GFLOP/s or TFLOP/s
                m.yaml:2:60: error: 'compute.efficiency' is 1.5 but must be between 0.001 and 1.0
                m.yaml:4:1: error: missing key 'access' in 'storage'
                m.yaml:7:21: error: 'random_bandwidth' is 2 GB/s but must be at most sequential_bandwidth (1 GB/s), set at m.yaml:8:25
                m.yaml:9:3: error: unknown key 'acces' in 'storage'; did you mean 'access'?
                m.yaml:12:16: error: 'storage.queue_depth' is 0 but must be between 1 and 4096
                """)
    }
}
