using SimServe.Simulator.Reproductions;

namespace SimServe.Cli.Reproductions.InstGenIE;

/// <summary>InstGenIE, published as FlashPS (EuroSys '26): masked editing with cached activations.</summary>
internal sealed class InstGenIEExperiment : IExperiment
{
    private const string Model = "models/demo-flux";

    public string Id => "instgenie";

    public string Title => "InstGenIE / FlashPS (EuroSys '26): mask-aware image editing";

    public MeasurementBook Run(ExperimentFile file, ExperimentContext context)
    {
        var (book, constants) = (new MeasurementBook(), file.Constants);
        var runs = new ScenarioRuns(context, constants);
        context.Say("operations, bytes and masks");
        WorkRows.Add(book, constants);
        MaskRows.Add(book, constants);
        context.Say("times without a queue");
        var engines = new PublishedEngines(constants);
        EngineRows.Add(book, engines, constants);
        PipelineRows.Add(book);
        context.Say("published profiles");
        runs.WriteProfiles();
        context.Say("one worker under load");
        BatchingRows.Add(book, runs, constants);
        context.Say("eight workers under load");
        RoutingRows.Add(book, runs);
        EndToEndRows.Add(book, runs, constants);
        context.Say("templates beyond host memory");
        TemplateRows.Add(book, runs);
        if (context.Measures)
        {
            context.Say("our model on this machine's processor");
            MeasuredRows.Add(book, Model, context.Cancellation);
        }

        return book;
    }
}
