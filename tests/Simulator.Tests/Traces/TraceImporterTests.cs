using System.Text;
using SimServe.Simulator.Traces;

namespace SimServe.Simulator.Tests.Traces;

public sealed class TraceImporterTests
{
    private static readonly TraceImportOptions Options = new() { Steps = 9, Templates = 4 };

    [TestCase("diffserve/trace_1to8qps.txt", 1633, 346.175)]
    [TestCase("diffserve/trace_4to32qps.txt", 6680, 346.737)]
    [TestCase("azure_llm/AzureLLMInferenceTrace_conv.csv", 19366, 3501.721937)]
    [TestCase("gentd26/lora_request_trace.csv", 26823, 1989367)]
    [TestCase("mask_ratios/production_templates.csv", 970, null)]
    public void Published_files_are_imported_whole(string file, int requests, double? lastArrival)
    {
        using var stream = SharedData.Open("traces/" + file);
        var trace = For(file).Import(stream, file);
        using var copy = new MemoryStream();
        TraceWriter.Write(copy, file, trace);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(trace, Has.Count.EqualTo(requests));
            Assert.That(lastArrival is null || Math.Abs(trace[^1].ArrivesAt.TotalSeconds - lastArrival.Value) < 1e-6, $"{trace[^1].ArrivesAt}");
            Assert.That(TraceSample.Open(copy.ToArray()).Requests().Count(), Is.EqualTo(requests));
        }
    }

    [Test]
    public void Rows_of_DiffServe_are_sorted()
    {
        var trace = Import("diffserve", "20.5,1\n10,2\n");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(trace.Select(static request => request.Id), Is.EqualTo(new[] { 1, 0 }));
            Assert.That(trace.Select(static request => request.ArrivesAt.Ticks), Is.EqualTo(new[] { 100_000, 205_000 }));
        }
    }

    [TestCase("diffserve", "1,2\nx,3\n", "line 2, column 1 (offset_ms)")]
    [TestCase("mask_ratios", "mask_ratio\n1.5\n", "line 2, column 1 (mask_ratio)")]
    [TestCase("mask_ratios", "ratio\n0.5\n", "line 1, column 1")]
    [TestCase("azure_llm", "TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16,1,1", "line 2, column 1 (TIMESTAMP)")]
    public void A_bad_row_is_named(string kind, string text, string place) =>
        Assert.That(() => Import(kind, text), Throws.Exception.With.Message.Contains(place + ":"));

    private static IReadOnlyList<TraceRequest> Import(string kind, string text) =>
        For(kind).Import(new MemoryStream(Encoding.UTF8.GetBytes(text)), kind);

    private static ITraceImporter For(string file) => file.Split('/')[0] switch
    {
        "diffserve" => new DiffServeImporter(Options),
        "azure_llm" => new AzureLlmImporter(Options),
        "gentd26" => new GenTd26Importer(Options),
        _ => new MaskRatioImporter(Options),
    };
}
