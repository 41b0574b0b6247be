import GEMMTables
import SimCore
import Testing

@Suite("SCALE-Sim configuration files")
struct ScaleSimConfigTests {
    func read(_ text: String) throws(TableMistakes) -> ScaleSimConfig {
        try ScaleSimConfigReader.read(Array(text.utf8), file: "scale.cfg")
    }

    static let full = """
        [general]
        run_name = example

        [architecture_presets]
        ArrayHeight:    32
        ArrayWidth:     16
        IfmapSramSzkB:   64
        FilterSramSzkB:  128
        OfmapSramSzkB:   256
        IfmapOffset:    0
        Bandwidth : 10
        Dataflow : os

        [sparsity]
        SparsitySupport : true
        OptimizedMapping : false

        [run_presets]
        InterfaceBandwidth: USER
        UseRamulatorTrace: False
        """

    @Test("a v3 file")
    func versionThree() throws {
        let config = try read(Self.full)
        #expect(config.runName == "example")
        #expect(config.array == SystolicArrayShape(rows: 32, columns: 16))
        #expect(config.dataflow == .outputStationary)
        #expect([config.inputKilobytes, config.weightKilobytes, config.outputKilobytes] == [64, 128, 256])
        #expect(config.bandwidths == [10])
        #expect(config.bandwidthMode == .user)
        #expect(config.sparsitySupport)
        #expect(!config.optimizedMapping)
        #expect(
            config.warnings.map(\.description) == [
                "scale.cfg:10:1: warning: 'IfmapOffset' has no effect here",
                "scale.cfg:20:1: warning: 'UseRamulatorTrace' has no effect here",
            ])
    }

    @Test("a v2 file without [layout], [sparsity] and [run_presets] loads; what is missing is said")
    func versionTwo() throws {
        let config = try read("[architecture_presets]\nArrayHeight=8\nArrayWidth=8\ndataflow=WS\nBandwidth=1,2,3\n")
        #expect(config.bandwidths == [1, 2, 3])
        #expect(config.dataflow == .weightStationary)
        #expect(
            config.warnings.map(\.message) == [
                "'run_name' is missing; taken as scale_run", "'IfmapSramSzkB' is missing; taken as 256",
                "'FilterSramSzkB' is missing; taken as 256", "'OfmapSramSzkB' is missing; taken as 128",
                "'InterfaceBandwidth' is missing; taken as CALC",
            ])
    }

    @Test("mistakes are named by line and column, all at once")
    func mistakes() {
        let text = """
            [architecture_presets]
            ArrayHeight: many
            ArrayHight: 8
            ArrayWidth:  0
            Dataflow : rs
            Bandwidth : 1,2
            what is this
            """
        do {
            _ = try read(text)
            Issue.record("the file was read")
        } catch {
            #expect(
                "\(error)" == """
                    scale.cfg:7:1: error: 'what is this' is not a section, a comment or 'key : value'
                    scale.cfg:2:14: error: 'ArrayHeight' is 'many' but must be a whole number between 1 and 65536
                    scale.cfg:4:14: error: 'ArrayWidth' is '0' but must be a whole number between 1 and 65536
                    scale.cfg:5:12: error: 'rs' is not a dataflow; write ws, os or is
                    """)
        }
    }

    @Test("an unknown key is warned of with the key that was meant")
    func unknownKey() throws {
        let config = try read(Self.full.replacing("IfmapOffset", with: "IfmapOfset"))
        let expected = "unknown key 'IfmapOfset'; did you mean 'IfmapOffset'?"
        #expect(config.warnings.first?.message == expected)
    }

    @Test("a file without an array is refused")
    func empty() {
        do {
            _ = try read("")
            Issue.record("the file was read")
        } catch {
            #expect(error.mistakes.count == 3)
            #expect(error.mistakes[0].message == "'ArrayHeight' is missing from [architecture_presets]")
        }
    }
}
