namespace SimServe.Simulator.Tests.Planning;

/// <summary>Waiting times of M/D/c, first come first served, in closed form.</summary>
/// <remarks>
/// Stationary numbers in the system by Crommelin (1932): p_j = a_j (p_0 + ... + p_c) + sum over k from c+1 to c+j of p_k a_(j+c-k), a Poisson(load);
/// waiting time by Franx, "A simple solution for the M/D/c waiting time distribution" (Operations Research Letters 29, 2001).
/// </remarks>
internal static class MultiServerQueue
{
    private const int States = 400;

    // Probability that the wait is at most a time; load = arrival rate * service time, below the number of servers.
    public static double WaitAtMost(int servers, double load, double waitOverService)
    {
        var numbers = Numbers(servers, load);
        var k = (int)Math.Floor(waitOverService) + 1;
        var span = load * (k - waitOverService);
        var sum = 0.0;
        var term = Math.Exp(-span);
        for (var j = 0; j < k * servers; j++)
        {
            sum += Below(numbers, servers + (k * servers) - 1 - j) * term;
            term *= span / (j + 1);
        }

        return sum;
    }

    private static double Below(double[] numbers, int most) => numbers.Take(most + 1).Sum();

    // The chain seen once every service time, until it no longer changes.
    private static double[] Numbers(int servers, double load)
    {
        var arrivals = new double[States];
        arrivals[0] = Math.Exp(-load);
        for (var i = 1; i < States; i++)
        {
            arrivals[i] = arrivals[i - 1] * load / i;
        }

        var now = new double[States];
        now[0] = 1;
        for (var round = 0; round < 5000; round++)
        {
            var next = new double[States];
            var inService = Below(now, servers);
            for (var j = 0; j < States; j++)
            {
                next[j] = arrivals[j] * inService;
                for (var k = servers + 1; k <= servers + j && k < States; k++)
                {
                    next[j] += now[k] * arrivals[j + servers - k];
                }
            }

            var change = next.Zip(now, static (a, b) => Math.Abs(a - b)).Sum();
            now = next;
            if (change < 1e-13)
            {
                break;
            }
        }

        return now;
    }
}
