using SimServe.Cli.Plots;
using SimServe.Cli.Terminals;
using SimServe.Simulator.Reports;
using SimServe.Simulator.Reproductions;

namespace SimServe.Cli.Reproductions;

/// <summary>Runs experiments, one after the other, and leaves the files of each.</summary>
internal sealed class ReproductionJob(ReproductionRequest request, Terminal terminal, CancellationToken cancellation)
{
    public ReproductionResult Run(IExperiment experiment, string output)
    {
        var folder = Path.Combine(request.Experiments, experiment.Id);
        var file = ExperimentReader.Read(folder);
        var results = new RunFolder(output);
        try
        {
            var book = experiment.Run(file, Context(folder, results, experiment.Id));
            var result = new ReproductionResult(file, book.RowsOf(file), book.Charts, [.. request.Facts()]);
            ReportFiles.Write(results, ReproductionPage.Of(result), PlotFormats.Png);
            results.WriteJson(ReproductionDocument.FileName, ReproductionDocument.Of(result));
            return result;
        }
        catch
        {
            results.DeleteIfEmpty();
            throw;
        }
    }

    private ExperimentContext Context(string folder, RunFolder results, string id) => new()
    {
        Folder = folder,
        Output = results,
        Replications = request.Replications,
        Threads = request.Threads,
        Measures = request.Measures,
        Say = text => terminal.Complain($"{id}: {text}"),
        Cancellation = cancellation,
    };
}
