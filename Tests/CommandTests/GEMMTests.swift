import Testing

@Suite("dualrow gemm and export-gemm")
struct GEMMTests {
    @Test("a table with SCALE-Sim's configuration: its reports and ours")
    func compatible() throws {
        let scratch = try Scratch()
        let table = try scratch.write("t.csv", "Layer, M, N, K,\r\nqkv, 64, 192, 96,\r\n")
        let config = try scratch.write(
            "c.cfg",
            """
            [general]
            run_name = x
            [architecture_presets]
            ArrayHeight : 32
            ArrayWidth : 32
            IfmapSramSzkB : 64
            FilterSramSzkB : 64
            OfmapSramSzkB : 64
            Dataflow : os
            Bandwidth : 10
            [sparsity]
            SparsitySupport : false
            [run_presets]
            InterfaceBandwidth : CALC
            """)
        let run = try CommandRun(
            "gemm", "--config", config, "--topology", table, "--compat", "scalesim", "--out", "\(scratch.path)/out")
        #expect(run.status == 0, "\(run.errors)")
        // 2 x 6 folds of 32 + 32 + 96 - 2 cycles; the reference prints one less.
        #expect(try scratch.read("out/gemm.csv").contains("qkv,64,192,96,fp16,os,12,1896,0,1896,1.0,"))
        let compute = try scratch.read("out/COMPUTE_REPORT.csv").split(separator: "\n")[1].split(separator: ", ")
        #expect(compute[2] == "1895")
        #expect(run.output.contains("array 32x32, os, serial folds"))
    }

    @Test("real memory: the choice of tiles and what is waited for are printed")
    func realMemory() throws {
        let scratch = try Scratch()
        let table = try scratch.write("t.csv", "Layer,M,N,K,Batch\nheads,4,256,128,8\n")
        let run = try CommandRun(
            "gemm", "--machine", "npu-only", "--topology", table, "--format", "int8", "--out", "\(scratch.path)/out")
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output.contains("tiles (m x n x k, loops)"))
        let row = try scratch.read("out/gemm.csv").split(separator: "\n")[1].split(separator: ",")
        // Weights and inputs of eight products in int8, whole bursts.
        #expect(row[14] == "\(8 * (4 * 128 + 256 * 128))")
        #expect(Int(row[8])! > 0)
        #expect(row[17] == "fill")
    }

    @Test("an exported table is read back; experts are counted")
    func export() throws {
        let scratch = try Scratch()
        let out = "\(scratch.path)/mixtral.csv"
        let run = try CommandRun(
            "export-gemm", "--model", "mixtral-8x7b", "--batch", "2", "--context", "100", "--phase", "decode",
            "--layers", "1", "--out", out)
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output.contains("4 visits, spread evenly over 4 of 8 experts"))
        let text = try scratch.read("mixtral.csv")
        #expect(text.contains("expert_gate_up, 1, 28672, 4096, 4\n"))
        #expect(text.contains("attention_scores, 4, 100, 128, 16\n"))
        let gemm = try CommandRun("gemm", "--array", "128x128", "--topology", out)
        #expect(gemm.status == 0 && gemm.errors.isEmpty, "\(gemm.errors)")
    }

    @Test(
        "mistakes end with their exit code and say where they are",
        arguments: [
            (["--topology", "none.csv", "--array", "8x8"], 66, "none.csv: error: no such file"),
            (["--topology", "README.md"], 64, "--array: error: missing"),
            (["--topology", "README.md", "--array", "8"], 64, "--array: error: must be rows x columns"),
            (["--topology", "README.md", "--array", "8x8", "--memory", "real"], 64, "--memory: error: real memory"),
            (["--topology", "README.md", "--array", "8x8", "--format", "fp61"], 64, "did you mean 'fp16'?"),
        ])
    func mistakes(arguments: [String], status: Int32, message: String) throws {
        let run = try CommandRun(["gemm"] + arguments)
        #expect(run.status == status)
        #expect(run.errors.contains(message), "\(run.errors)")
    }

    @Test("all mistakes of a table, by line and column, and nothing is written")
    func tableMistakes() throws {
        let scratch = try Scratch()
        let table = try scratch.write("t.csv", "Layer,M,N,K\na,1,,3\nb,1,2\nc,1,x,3\n")
        let run = try CommandRun("gemm", "--array", "8x8", "--topology", table, "--out", "\(scratch.path)/out")
        #expect(run.status == 65)
        #expect(run.errors.contains("\(table):2:5: error: blank cell where 'N' is expected"))
        #expect(run.errors.contains("\(table):3:5: error: the row ends before 'K'"))
        #expect(run.errors.contains("\(table):4:5: error: 'x' is not a whole number"))
        #expect(scratch.contents == ["t.csv"])
    }
}
