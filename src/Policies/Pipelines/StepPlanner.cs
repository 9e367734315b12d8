using SimServe.Policies.Costs;

namespace SimServe.Policies.Pipelines;

/// <summary>Makes step plans for one device: asks the pipeline policy and the one evaluator, and remembers their answers.</summary>
/// <param name="model">The model that is served.</param>
/// <param name="device">Predicts the device's times.</param>
/// <param name="policy">Chooses the blocks' modes.</param>
/// <remarks>A plan depends on the batch only through its size and the sum of its masked tokens, so answers are kept by these two numbers.</remarks>
public sealed class StepPlanner(ModelShape model, ICostModel device, IPipelinePolicy policy)
{
    private readonly Dictionary<(int Members, int MaskedTokens), Answer> _answers = [];
    private readonly BlockCost[] _costs = new BlockCost[model.Blocks.Count];

    /// <summary>The model that is served.</summary>
    public ModelShape Model => model;

    /// <summary>Plans steps of a batch.</summary>
    /// <param name="members">The batch, at least one.</param>
    public StepPlan Plan(IReadOnlyList<StepMember> members)
    {
        ArgumentOutOfRangeException.ThrowIfZero(members.Count, nameof(members));
        var answer = Ask(members.Count, members.Sum(static member => member.MaskedTokens));
        return new StepPlan
        {
            Members = members,
            Modes = answer.Modes,
            LookAhead = policy.LookAhead,
            StepTime = answer.StepTime,
            BytesPerStep = answer.Bytes,
        };
    }

    /// <summary>Predicted time of one step.</summary>
    /// <param name="members">Requests in the batch, at least 1.</param>
    /// <param name="maskedTokens">Sum of their masked tokens.</param>
    public TimeSpan StepTime(int members, int maskedTokens) => Ask(members, maskedTokens).StepTime;

    private Answer Ask(int members, int maskedTokens)
    {
        if (!_answers.TryGetValue((members, maskedTokens), out var answer))
        {
            BatchCosts.Fill(model, device, members, maskedTokens, _costs);
            var modes = new BlockMode[_costs.Length];
            policy.Choose(_costs, modes);
            var blocks = StepTimeline.Evaluate(_costs, modes, policy.LookAhead);
            answer = new Answer(
                modes, blocks + device.StepOverhead(members), BatchCosts.Bytes(model, members, maskedTokens, modes));
            _answers.Add((members, maskedTokens), answer);
        }

        return answer;
    }

    private readonly record struct Answer(BlockMode[] Modes, TimeSpan StepTime, long Bytes);
}
