namespace SimServe.GpuBackend.Schedulers;

/// <summary>The one table of short names.</summary>
public static class SamplerNames
{
    /// <summary>All short names.</summary>
    public static IReadOnlyList<SamplerName> All { get; } =
    [
        new("ddim", DdimOptions.ClassName, "DDIM; deterministic unless eta is above 0")
        {
            // The class would clip to the range of pixels where the folder is silent, which destroys latents.
            Defaults = """{ "clip_sample": false, "set_alpha_to_one": false }""",
        },
        new("pndm", PndmOptions.ClassName, "PNDM without its Runge-Kutta start (PLMS); one model call more than steps")
        {
            Sets = """{ "skip_prk_steps": true }""",
        },
        new("euler", EulerOptions.ClassName, "Euler"),
        new("euler-a", EulerOptions.AncestralClassName, "Euler with fresh noise in each step"),
        new("dpmpp-2m", DpmSolverOptions.ClassName, "DPM-Solver++ of second order")
        {
            Sets = """{ "algorithm_type": "dpmsolver++", "solver_order": 2, "use_karras_sigmas": false }""",
        },
        new("dpmpp-2m-karras", DpmSolverOptions.ClassName, "DPM-Solver++ of second order on Karras noise levels")
        {
            Sets = """{ "algorithm_type": "dpmsolver++", "solver_order": 2, "use_karras_sigmas": true }""",
        },
        new("dpmpp-2m-sde-karras", DpmSolverOptions.ClassName, "DPM-Solver++ of second order with fresh noise, on Karras noise levels")
        {
            Sets = """{ "algorithm_type": "sde-dpmsolver++", "solver_order": 2, "use_karras_sigmas": true }""",
        },
        new("unipc", UniPcOptions.ClassName, "UniPC: a predictor of second order with a corrector"),
        new("flow-euler", FlowMatchEulerOptions.ClassName, "Euler for flow-matching models"),
    ];
}
