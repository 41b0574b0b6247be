import GEMMTables
import SimCore
import Testing

@Suite("Topology files that SCALE-Sim's users have")
struct TopologyReaderTests {
    func read(_ text: String, _ input: TopologyInput = .gemm) throws -> Topology {
        try TopologyReader.read(Array(text.utf8), file: "net.csv", input: input)
    }

    func refusal(_ text: String, _ input: TopologyInput = .gemm) -> String {
        do {
            let layers = try read(text, input).layers
            return "read \(layers.count) layers"
        } catch { return "\(error)" }
    }

    static let defects: [(String, String)] = [
        ("as the reference wants it", "Layer,M,N,K,\nq,512,384,128,\nk,1,2,3,\n"),
        ("no trailing comma", "Layer,M,N,K\nq,512,384,128\nk,1,2,3\n"),
        ("trailing comma on one row only", "Layer,M,N,K,\nq,512,384,128,\nk,1,2,3"),
        ("tabs and spaces around cells", "Layer\t,M,\tN , K,\n\tq,\t512, 384\t,128,\nk,1,2,3,\n"),
        ("tabs instead of commas", "Layer\tM\tN\tK\nq\t512\t384\t128\nk\t1\t2\t3\n"),
        ("semicolons instead of commas", "Layer;M;N;K\nq;512;384;128\nk;1;2;3\n"),
        ("byte order mark and CRLF", "\u{FEFF}Layer,M,N,K,\r\nq,512,384,128,\r\nk,1,2,3,\r\n"),
        ("CR line ends", "Layer,M,N,K,\rq,512,384,128,\rk,1,2,3,\r"),
        ("comments", "# my net\nLayer,M,N,K,\n// heads\nq,512,384,128, # query\n#k,9,9,9\nk,1,2,3,\n"),
        ("blank rows", "\nLayer,M,N,K,\n,,,,\n\nq,512,384,128,\n   \nk,1,2,3,\n,,,\n"),
        ("blank cells at the end", "Layer,M,N,K,,,\nq,512,384,128,,,\nk,1,2,3,,,\n"),
        ("quoted cells", "Layer,M,N,K\n\"q\",\"512\",384,128\nk,1,2,3\n"),
        ("numbers from a spreadsheet", "Layer,M,N,K\nq,512.0,384,128.00\nk,1,2,3\n"),
        ("no header", "q,512,384,128,\nk,1,2,3,\n"),
        ("a heading row", "Layer,M,N,K,\nAttention,,,,\nq,512,384,128,\nk,1,2,3,\n"),
        ("other column order", "Layer,N,K,M\nq,384,128,512\nk,2,3,1\n"),
        ("a column nobody knows", "Layer,M,N,K,Note\nq,512,384,128,slow\nk,1,2,3,\n"),
    ]

    @Test("loads with the same two layers", arguments: defects)
    func loads(name: String, text: String) throws {
        let layers = try read(text).layers
        #expect(layers.map(\.name) == ["q", "k"], "\(name)")
        #expect(layers.map(\.gemm) == [GEMMShape(m: 512, n: 384, k: 128), GEMMShape(m: 1, n: 2, k: 3)], "\(name)")
    }

    @Test("batch and sparsity columns, by header or by content, in either order")
    func extraColumns() throws {
        let text = "Layer,M,N,K,Sparsity,Batch\na,4,4,4,2:4,12,\nb,4,4,4,,3\nc,4,4,4\n"
        let layers = try read(text).layers
        #expect(layers.map(\.repetitions) == [12, 3, 1])
        #expect(layers.map(\.sparsity) == [StructuredSparsity(kept: 2, of: 4), nil, nil])
        let plain = try read("Layer,M,N,K\na,4,4,4,8,\nb,4,4,4,1:4,\nc,4,4,4,1 : 4,6,\n").layers
        #expect(plain.map(\.repetitions) == [8, 1, 6])
        #expect(plain[1].sparsity == StructuredSparsity(kept: 1, of: 4))
        #expect(plain[2].sparsity == StructuredSparsity(kept: 1, of: 4))
    }

    @Test("a bare 1 in a sparsity column is dense, as in a table that SCALE-Sim ships")
    func bareSparsity() throws {
        #expect(try read("Layer Name, M, N, K, Sparsity,\nGEMM_1, 1, 5, 16, 1,\n").layers[0].sparsity == .dense)
    }

    @Test("a second number after a convolution's stride is a batch only when the header says so")
    func unnamedNumberAfterStride() throws {
        let header = "Layer name,IFMAP Height,IFMAP Width,Filter Height,Filter Width,Channels,Num Filter,Strides,\n"
        let twice = try read(header + "Conv2D_1, 96, 96, 3, 3, 3, 8, 2, 2\n", .conv)
        #expect(twice.layers[0].gemm.m == 48 * 48)
        #expect(
            twice.warnings.map(\.description) == [
                "net.csv:2:34: warning: '2' has no header; taken as the stride along the width"
            ])
        #expect(
            refusal(header + "c, 96, 96, 3, 3, 3, 8, 2, 4\n", .conv)
                == "net.csv:2:27: error: '4' could be a batch or a second stride; "
                + "name its column 'batch' or 'stride width' in the header")
    }

    @Test("convolutions unroll to products; batch adds rows; DP layers repeat a channel at a time")
    func convolutions() throws {
        let text = """
            Layer name, IFMAP Height, IFMAP Width, Filter Height, Filter Width, Channels, Num Filter, Strides, Batch Size,
            Conv1, 224, 224, 11, 11, 3, 96, 4, 1,
            Conv2, 512, 512, 1, 1, 3, 4096, 1, 2,
            DP1, 10, 8, 3, 3, 32, 1, 1,
            """
        let layers = try read(text, .conv).layers
        #expect(layers[0].gemm == GEMMShape(m: 55 * 55, n: 96, k: 363))
        #expect(layers[1].gemm == GEMMShape(m: 2 * 512 * 512, n: 4096, k: 3))
        #expect(layers[2].gemm == GEMMShape(m: 48, n: 1, k: 9))
        #expect(layers[2].repetitions == 32)
        #expect(layers[0].convolution?.touchedInputWords == 224 * 224 * 3)
        let strided = try read("L,H,W,FH,FW,C,N,Stride height,Stride width\na,9,9,3,3,1,1,2,3,\n", .conv).layers
        #expect(strided[0].gemm.m == 4 * 3)
    }

    @Test("what cannot be read is named by file, line and column, all of it at once")
    func messages() {
        #expect(
            refusal("Layer,M,N,K,\na,1,,3,\nb,x,2,3,\nc,1,2,\nd,0,2,3,\ne,1,2,3,3:2,\nf,1,2,3,2:,\ng,-4,2,1.5\n") == """
                net.csv:2:5: error: blank cell where 'N' is expected
                net.csv:3:3: error: 'x' is not a whole number; 'M' is expected here
                net.csv:4:6: error: the row ends before 'K': 3 sizes are needed
                net.csv:5:3: error: 'M' is 0 but must be between 1 and 1000000000
                net.csv:6:9: error: sparsity '3:2' must keep at least 1 and at most all of a block
                net.csv:7:9: error: '2:' is not a sparsity; write N:M, as in 2:4
                net.csv:8:3: error: '-4' is not a whole number; 'M' is expected here
                net.csv:8:8: error: '1.5' is not a whole number; 'K' is expected here
                """)
        #expect(
            refusal("L,H,W,FH,FW,C,N,S,\na,4,4,5,1,1,1,1,\n", .conv)
                == "net.csv:2:7: error: filter height is 5 but the IFMAP's is only 4")
        #expect(
            refusal("Layer,M,N,K\na,1000000000,1000000000,10\n")
                == "net.csv:2:1: error: M x N x K is 1000000000 x 1000000000 x 10: more than 2^53 multiply-accumulates")
        #expect(
            refusal("Layer,M,N,K\na,1,2,3\n", .conv)
                == "net.csv:1:1: error: the header is that of a GEMM table; read it with --input gemm")
        #expect(
            refusal("Layer name, IFMAP Height, IFMAP Width, Filter Height\n")
                == "net.csv:1:1: error: the header is that of a convolution table; read it with --input conv")
        #expect(refusal("") == "net.csv:1:1: error: no layers: expected a row of layer name, M, N, K")
        #expect(refusal("Layer,M,N,K,\n") == "net.csv:1:1: error: no layers: expected a row of layer name, M, N, K")
    }

    @Test("a file in UTF-16 says so")
    func utf16() {
        #expect(throws: TableMistakes.self) {
            _ = try TopologyReader.read([0xFF, 0xFE, 0x41, 0], file: "net.csv", input: .gemm)
        }
    }

    @Test("warnings say what was read otherwise than the reference does")
    func warnings() throws {
        let headless = try read("q,512,384,128,\n").warnings.map(\.description)
        #expect(
            headless == [
                "net.csv:1:1: warning: the first line holds numbers and was read as a layer; SCALE-Sim skips it"
            ])
        let text = "Layer,N,M,K,Note\nAttention,,,,\nq,1,2,3,slow\n"
        #expect(
            try read(text).warnings.map(\.description) == [
                "net.csv:1:13: warning: column 'Note' is not known and is ignored",
                "net.csv:1:7: warning: columns are in the order N, M, K and were read by name; "
                    + "SCALE-Sim reads them as M, N, K",
                "net.csv:2:1: warning: 'Attention' has no sizes and was taken for a heading",
            ])
    }

    @Test("any bytes are read or refused, never trapped on")
    func arbitraryBytes() {
        var state: UInt64 = 5
        let alphabet = Array("LMNK,,,;\t\n\r\"#/:.0123456789-xDP \u{FEFF}é".utf8)
        for _ in 0..<2000 {
            var bytes: [UInt8] = Array("Layer,M,N,K\n".utf8)
            for _ in 0..<40 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                bytes.append(alphabet[Int(state >> 33) % alphabet.count])
            }
            for input in TopologyInput.allCases {
                _ = try? TopologyReader.read(bytes, file: "f", input: input)
                _ = try? TopologyReader.read(Array(bytes.dropFirst(12)), file: "f", input: input)
            }
            _ = try? ScaleSimConfigReader.read(Array(bytes.dropFirst(12)), file: "f")
        }
    }
}
