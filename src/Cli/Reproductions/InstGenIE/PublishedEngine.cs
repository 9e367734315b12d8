using SimServe.Policies;
using SimServe.Policies.Costs;
using SimServe.Policies.Pipelines;
using SimServe.Policies.Profiles;
using SimServe.Simulator.Calibration;

namespace SimServe.Cli.Reproductions.InstGenIE;

/// <summary>A model on a device by a published cost model: times of steps and images without a queue.</summary>
internal sealed class PublishedEngine
{
    private readonly ICostModel _costs;
    private readonly Dictionary<string, StepPlanner> _planners = new(StringComparer.Ordinal);

    public PublishedEngine(ModelShape model, DeviceProfile profile, double steps)
    {
        (Model, Steps) = (model, steps);
        _costs = new FittedCostModel(profile, model);
    }

    public ModelShape Model { get; }

    /// <summary>Steps of an image.</summary>
    public double Steps { get; }

    /// <summary>Masked tokens of a ratio, in whole tokens.</summary>
    public int Tokens(double maskRatio) => (int)Math.Round(maskRatio * Model.Grid.Count);

    /// <summary>Seconds of one step of a batch whose members all have one mask ratio.</summary>
    public double Step(string pipeline, int members, double maskRatio) => Planner(pipeline).StepTime(members, members * Tokens(maskRatio)).TotalSeconds;

    /// <summary>Seconds of one step of a batch by the sum of its masked tokens.</summary>
    public double StepOfTokens(string pipeline, int members, int maskedTokens) => Planner(pipeline).StepTime(members, maskedTokens).TotalSeconds;

    /// <summary>Seconds of all steps of such a batch.</summary>
    public double Denoising(string pipeline, int members, double maskRatio) => Steps * Step(pipeline, members, maskRatio);

    /// <summary>What every block of a batch's step costs.</summary>
    public BlockCost[] Blocks(int members, double maskRatio)
    {
        var costs = new BlockCost[Model.Blocks.Count];
        BatchCosts.Fill(Model, _costs, members, members * Tokens(maskRatio), costs);
        return costs;
    }

    /// <summary>Seconds of a step outside its blocks.</summary>
    public double Overhead(int members) => _costs.StepOverhead(members).TotalSeconds;

    private StepPlanner Planner(string pipeline)
    {
        if (!_planners.TryGetValue(pipeline, out var planner))
        {
            _planners.Add(pipeline, planner = new StepPlanner(Model, _costs, PolicyCatalogue.CreatePipeline(pipeline)));
        }

        return planner;
    }
}
