using System.Text;
using SimServe.Simulator.Traces;
using SimServe.Simulator.Traces.Katz;

namespace SimServe.Simulator.Tests.Traces;

public sealed class TraceImporterTests
{
    private static readonly TraceImportOptions Options = new() { Steps = 9, Templates = 4 };

    [TestCase("diffserve/trace_1to8qps.txt", 1633, 346.175)]
    [TestCase("diffserve/trace_4to32qps.txt", 6680, 346.737)]
    [TestCase("azure_llm/AzureLLMInferenceTrace_conv.csv", 19366, 3501.721937)]
    [TestCase("gentd26/lora_request_trace.csv", 26823, 1989367)]
    [TestCase("gentd26/data_trace_processed.csv", 68195, null)]
    [TestCase("mask_ratios/production_templates.csv", 970, null)]
    [TestCase("mask_ratios/public_inpaint.csv", 1918, null)]
    [TestCase("mask_ratios/public_adetailer.csv", 1870, null)]
    [TestCase("katz/katz_trace_figures_digitised.json", 549_433, null)]
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

    // The shares are those of add-ons.md, section 9.2.
    [Test]
    public void LoRAs_of_GenTD26_are_those_counted_by_others()
    {
        const string File = "gentd26/data_trace_processed.csv";
        using var stream = SharedData.Open("traces/" + File);
        var trace = For(File).Import(stream, File);
        var uses = trace.SelectMany(static request => request.Loras).CountBy(static lora => lora).Select(static pair => pair.Value).OrderDescending().ToArray();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(uses, Has.Length.EqualTo(874));
            Assert.That((double)uses[..10].Sum() / uses.Sum(), Is.EqualTo(0.28).Within(0.005));
            Assert.That(trace.Count(static request => request.Loras.Count == 0) / 68_195.0, Is.EqualTo(0.777).Within(0.0005));
            Assert.That(trace.Count(static request => request.Steps == 30), Is.EqualTo(59_790));
        }
    }

    [Test]
    public void Arrivals_of_a_file_without_times_are_the_patterns()
    {
        var options = Options with { RequestsPerSecond = 4, Arrivals = new SimServe.Simulator.Workloads.ConstantPattern() };
        var trace = new GenTd26AdapterImporter(options).Import(new MemoryStream(Encoding.UTF8.GetBytes(Adapters + Row("[]") + Row("[]"))), "t");
        Assert.That(trace.Select(static request => request.ArrivesAt.TotalSeconds), Is.EqualTo(new[] { 0.25, 0.5 }));
    }

    [TestCase("\"[{'modelVersionId': 'ab', 'scale': 1.0}, {'modelVersionId': 'cd', 'scale': 0.5}]\"", new[] { "ab", "cd" })]
    [TestCase("\"[{'modelVersionId': 'ab', 'scale': 1.0}, {'modelVersionId': 'ab', 'scale': 0.5}]\"", new[] { "ab" })]
    [TestCase("[]", new string[0])]
    public void A_list_of_LoRAs_is_read(string list, string[] loras) =>
        Assert.That(Import("gentd26-adapters", Adapters + Row(list)).Single().Loras, Is.EqualTo(loras));

    [TestCase("", TestName = "LoRAs: empty")]
    [TestCase("[", TestName = "LoRAs: cut short")]
    [TestCase("\"[{'modelVersionId': 'ab', 'scale': 1.0}, ]\"", TestName = "LoRAs: a comma too many")]
    [TestCase("\"[{'version': 'ab', 'scale': 1.0}]\"", TestName = "LoRAs: another key")]
    public void A_list_of_LoRAs_that_is_none_is_named(string list) =>
        Assert.That(() => Import("gentd26-adapters", Adapters + Row(list)), Throws.Exception.With.Message.Contains("line 2, column 9 (lora_args):"));

    private const string Adapters =
        "predict_type,exec_time_seconds,style_type,prompt_length,negative_prompt_length,num_images_per_prompt,num_inference_steps,checkpoint_model_version_id,lora_args\n";

    private static string Row(string list) => $"e8,22.0,,54.0,,1.0,30.0,0a,{list}\n";

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
        "gentd26" when file.EndsWith("data_trace_processed.csv", StringComparison.Ordinal) => new GenTd26AdapterImporter(Options),
        "gentd26-adapters" => new GenTd26AdapterImporter(Options),
        "diffserve" => new DiffServeImporter(Options),
        "azure_llm" => new AzureLlmImporter(Options),
        "gentd26" => new GenTd26Importer(Options),
        "katz" => new KatzFiguresImporter(Options),
        _ => new MaskRatioImporter(Options),
    };
}
