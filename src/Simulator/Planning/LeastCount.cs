namespace SimServe.Simulator.Planning;

/// <summary>The least number of workers of one kind that meets the objective.</summary>
/// <param name="evaluator">Simulates.</param>
/// <param name="requestsPerSecond">The load.</param>
/// <remarks>More workers are taken to be no worse: from the utilisation law's bound in growing strides, then by halving.</remarks>
internal sealed class LeastCount(FleetEvaluator evaluator, double requestsPerSecond)
{
    // Workers that cannot carry the load: with as many, utilisation is at least 1.
    public int TooFew(OptionFacts facts) => (int)Math.Min(int.MaxValue - 1, Math.Floor(requestsPerSecond / facts.RequestsPerSecond));

    // Null where not even the most meet it.
    public int? Find(OptionFacts facts, int most)
    {
        var (misses, stride) = (TooFew(facts), 1);
        if (misses >= most)
        {
            return null;
        }

        while (true)
        {
            var next = Math.Min(most, misses + stride);
            if (evaluator.Meets(new Fleet(facts.Option, next)))
            {
                return Halve(facts.Option, misses, next);
            }

            if (next == most)
            {
                return null;
            }

            (misses, stride) = (next, 2 * stride);
        }
    }

    private int Halve(int option, int misses, int meets)
    {
        while (meets - misses > 1)
        {
            var middle = misses + ((meets - misses) / 2);
            (misses, meets) = evaluator.Meets(new Fleet(option, middle)) ? (misses, middle) : (middle, meets);
        }

        return meets;
    }
}
